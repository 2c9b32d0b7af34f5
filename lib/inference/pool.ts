/** The models of a folder, loaded on demand and kept while they are in use. */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { log } from "../log.ts";
import {
  checkModelFiles,
  checkModelName,
  listModelFolders,
  readModelDocument,
  readModelFile,
  refuseUnsafeGraph,
} from "../model/mod.ts";
import type { FaultyModel, ModelDetail, ModelSummary } from "../protocol.ts";
import { limitTime } from "../system/time.ts";
import { latentDimensions, type ModelDocument, summarize } from "./dimensions.ts";
import { useCudaCache } from "./cuda.ts";
import { PROVIDERS, ProviderSelector, type RejectedProvider } from "./providers.ts";
import { ModelRuntime } from "./runtime.ts";
import type { ProviderName } from "./session.ts";

export type { ModelDetail };

/** Options of {@linkcode ModelPool}. */
export interface ModelPoolOptions {
  /** Holds one folder per model. */
  readonly models: string;
  /** As {@linkcode ProviderSelector} takes them; all by default. */
  readonly providers?: readonly string[];
  /** The user's folder, in whose cache ONNX Runtime's CUDA provider lies; without it there is none. */
  readonly home?: string | undefined;
  /** How many models stay loaded without being in use; 4 by default. */
  readonly capacity?: number;
  /** Milliseconds before the model.json of a loaded model is checked again; 250 by default. */
  readonly checkEveryMs?: number;
}

/** What the pool runs on. */
export interface PoolStatus {
  /** Of the model that was used last; before any, the first that could be opened. */
  readonly provider: ProviderName | undefined;
  /** Of one decode at batch 1 in that model's trial; absent before any. */
  readonly milliseconds?: number;
  readonly rejected: readonly RejectedProvider[];
  /** The models in memory, the one used last at the end. */
  readonly loaded: readonly string[];
}

/** The models of a folder, judged. */
export interface ModelSurvey {
  readonly models: readonly ModelSummary[];
  readonly faulty: readonly FaultyModel[];
}

interface Entry {
  /** Identifies the model.json that was loaded. */
  readonly stamp: string | undefined;
  readonly runtime: Promise<ModelRuntime>;
  checkedAt: number;
  /** Running calls of {@linkcode ModelPool.use}. */
  users: number;
  retired: boolean;
}

/** How long a list waits for one model, such as one on a disk that has gone away. */
const JUDGE_MS = 2000;

/** A model that is replaced while it is read is read again. */
const MAX_ATTEMPTS = 5;
const RETRY_MS = 20;

/**
 * Loads models from bytes whose checksums were checked, and keeps those used last. A model whose model.json changed is
 * loaded again at the next use; the old one lives until its users are done.
 */
export class ModelPool {
  readonly #folder: string;
  readonly #capacity: number;
  readonly #checkEvery: number;
  readonly #selector: ProviderSelector;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #documents = new Map<string, { stamp: string; document: Promise<ModelDocument> }>();
  readonly #closing = new Set<Promise<void>>();
  readonly #warned = new Set<string>();
  #lastUsed: ModelRuntime | undefined;
  #disposed = false;

  /**
   * @throws {LatentboardError} `invalid` when a provider is unknown
   * @throws {RangeError} when the capacity is not a whole number from 1
   */
  constructor(options: ModelPoolOptions) {
    const { models, providers = PROVIDERS, capacity = 4, checkEveryMs = 250 } = options;
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`Cannot keep ${capacity} models: the capacity must be a whole number from 1`);
    }
    this.#folder = models;
    this.#capacity = capacity;
    this.#checkEvery = checkEveryMs;
    if (options.home !== undefined && providers.includes("cuda")) useCudaCache(options.home);
    this.#selector = new ProviderSelector(providers);
  }

  /** The models of the folder that can be used, in the order of their names. */
  async list(): Promise<readonly ModelSummary[]> {
    return (await this.survey()).models;
  }

  /** All folders of models: those that can be used, and the others with the reason, which is logged once. */
  async survey(): Promise<ModelSurvey> {
    const names = await listModelFolders(this.#folder);
    for (const name of this.#documents.keys()) if (!names.includes(name)) this.#documents.delete(name);
    const models: ModelSummary[] = [];
    const faulty: FaultyModel[] = [];
    const judged = await Promise.all(names.map((name) => this.#judge(name)));
    for (const model of judged) "reason" in model ? faulty.push(model) : models.push(model);
    return { models, faulty };
  }

  /** One model alone: whatever is wrong with it is no other's fault. */
  async #judge(name: string): Promise<ModelSummary | FaultyModel> {
    try {
      return await limitTime(
        (async () => {
          const document = await this.document(name);
          await checkModelFiles(this.#folder, document);
          return summarize(document);
        })(),
        JUDGE_MS,
        `The model "${name}" can't be read in ${JUDGE_MS / 1000} s: look after the disk that it is on`,
      );
    } catch (error) {
      const reason = error instanceof LatentboardError ? error.message : `The model "${name}" can't be read`;
      if (!this.#warned.has(reason)) log.warn(`models: ${reason}`, error instanceof LatentboardError ? {} : { error });
      this.#warned.add(reason);
      return { name, reason };
    }
  }

  /**
   * A model's model.json; its graphs are not loaded.
   *
   * @throws {LatentboardError} `invalid` for a malformed name, `not-found`, or `damaged`
   */
  async document(name: string): Promise<ModelDocument> {
    const stamp = await this.#stampOf(name);
    const known = this.#documents.get(name);
    if (stamp !== undefined && known?.stamp === stamp) return await known.document;
    const document = readModelDocument(this.#folder, name);
    if (stamp === undefined) this.#documents.delete(name);
    else this.#documents.set(name, { stamp, document });
    try {
      return await document;
    } catch (error) {
      // What was wrong may be mended without changing model.json, such as the right to read it.
      if (this.#documents.get(name)?.document === document) this.#documents.delete(name);
      throw error;
    }
  }

  /**
   * What the board shows of a model; loads it.
   *
   * @throws {LatentboardError} as {@linkcode get} does
   */
  async detail(name: string): Promise<ModelDetail> {
    const { document, provider } = await this.get(name);
    return {
      ...summarize(document),
      dimensions: latentDimensions(document),
      labels: document.labels,
      decoderSha256: document.files["decoder.onnx"]!.sha256,
      provider,
      metrics: document.metrics,
    };
  }

  /**
   * A model, ready to decode. Use it at once: loading others may unload it after the runs that it has begun.
   * {@linkcode use} holds it for longer work.
   *
   * @throws {LatentboardError} `invalid` for a malformed name, `not-found`, `damaged` when a file was altered or can't
   * be opened, `unsupported` when its latents can't be decoded, `unavailable` without a provider or after
   * {@linkcode dispose}
   */
  get(name: string): Promise<ModelRuntime> {
    return this.use(name, (runtime) => Promise.resolve(runtime));
  }

  /**
   * Keeps a model loaded while some work is done with it.
   *
   * @throws {LatentboardError} as {@linkcode get} does, and what `work` throws
   */
  async use<T>(name: string, work: (runtime: ModelRuntime) => Promise<T>): Promise<T> {
    let entry = await this.#entry(name);
    while (entry.retired) entry = await this.#entry(name); // unloaded meanwhile
    entry.users++;
    try {
      return await work(await entry.runtime);
    } finally {
      entry.users--;
      if (entry.retired) this.#close(entry);
      else this.#evict();
    }
  }

  /** Probes the machine when nothing is loaded. */
  async status(): Promise<PoolStatus> {
    const loaded = [...this.#entries.keys()];
    if (this.#lastUsed !== undefined) return { ...this.#lastUsed.report, loaded };
    const { available, rejected } = await this.#selector.probe();
    return { provider: available[0], rejected, loaded };
  }

  /** Makes the next use look at a model's folder again, which this process has changed. */
  recheck(name: string): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) entry.checkedAt = -Infinity;
  }

  /** Unloads all models after the runs under way; later calls are refused. Idempotent. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    for (const entry of this.#entries.values()) this.#close(entry);
    this.#entries.clear();
    await Promise.all(this.#closing);
  }

  async #entry(name: string): Promise<Entry> {
    for (;;) {
      if (this.#disposed) throw new LatentboardError("unavailable", "The server is closing: try again later");
      const known = this.#entries.get(name);
      if (known !== undefined && performance.now() - known.checkedAt < this.#checkEvery) {
        return this.#touch(name, known);
      }

      const stamp = await this.#stampOf(name);
      if (this.#entries.get(name) !== known || this.#disposed) continue; // another call was faster
      if (known !== undefined && known.stamp === stamp) {
        known.checkedAt = performance.now();
        return this.#touch(name, known);
      }
      if (known !== undefined) this.#retire(name, known);
      const runtime = this.#load(name);
      return this.#touch(name, { stamp, runtime, checkedAt: performance.now(), users: 0, retired: false });
    }
  }

  /** Makes an entry the one used last; one that failed to load is forgotten. */
  #touch(name: string, entry: Entry): Entry {
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    entry.runtime.then((runtime) => this.#lastUsed = runtime, () => {
      if (this.#entries.get(name) === entry) this.#entries.delete(name);
    });
    this.#evict();
    return entry;
  }

  #evict(): void {
    for (const [name, entry] of [...this.#entries].slice(0, -1)) {
      if (this.#entries.size > this.#capacity && entry.users === 0) this.#retire(name, entry);
    }
  }

  #retire(name: string, entry: Entry): void {
    this.#entries.delete(name);
    entry.retired = true;
    if (entry.users === 0) this.#close(entry);
  }

  #close(entry: Entry): void {
    const closing = entry.runtime.then((runtime) => runtime.dispose(), () => {}) // one that failed to load has nothing open
      .catch((error) => log.error("inference: a model could not be unloaded", { error }));
    this.#closing.add(closing);
    closing.finally(() => this.#closing.delete(closing));
  }

  async #load(name: string): Promise<ModelRuntime> {
    for (let attempt = 1;; attempt++) {
      const before = await this.#stampOf(name);
      try {
        const document = await readModelDocument(this.#folder, name);
        const [decoder, encoder] = await Promise.all(
          ["decoder.onnx", "encoder.onnx"].map((file) => readModelFile(this.#folder, document, file)),
        );
        refuseUnsafeGraph(decoder!, "decoder.onnx");
        refuseUnsafeGraph(encoder!, "encoder.onnx");
        return await ModelRuntime.open(document, { decoder: decoder!, encoder: encoder! }, this.#selector);
      } catch (error) {
        const replaced = before !== await this.#stampOf(name);
        if (!replaced || attempt === MAX_ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** Changes whenever model.json is replaced; absent where there is none, or none that can be looked at. */
  async #stampOf(name: string): Promise<string | undefined> {
    try {
      const { mtime, size, ino } = await Deno.stat(join(this.#folder, checkModelName(name), "model.json"));
      return `${mtime?.getTime()} ${size} ${ino}`;
    } catch (error) {
      if (error instanceof LatentboardError) throw error;
      return undefined;
    }
  }
}
