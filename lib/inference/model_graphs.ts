/** A model's two graphs on one execution provider, and the way to the next one when a device is lost. */
import { LatentboardError } from "../errors.ts";
import { log } from "../log.ts";
import type { GraphTrial, ProviderReport, ProviderSelector } from "./providers.ts";
import type { OnnxSession, TensorData } from "./session.ts";

/** Which graph. */
export type GraphName = "decoder" | "encoder";

interface Opened {
  readonly sessions: Readonly<Record<GraphName, OnnxSession>>;
  readonly report: ProviderReport;
  readonly chunk: number;
}

/** About how long one run may hold the thread: what a slider's move waits for at most. */
const SLICE_MS = 4;
const MAX_CHUNK = 64;

/**
 * How many pictures go through a graph at once: what fits into a slice; more where a run has fixed costs, so that these
 * are a quarter of it at most. With t(1) and t(64) measured, a run of n takes about a + b n.
 */
export function chunkOf({ milliseconds, batchMilliseconds }: ProviderReport): number {
  const each = Math.max((batchMilliseconds - milliseconds) / (MAX_CHUNK - 1), 1e-6);
  const fixed = Math.max(milliseconds - each, 0);
  const chunk = Math.max(Math.floor((SLICE_MS - fixed) / each), Math.ceil(3 * fixed / each));
  return Math.max(1, Math.min(MAX_CHUNK, chunk));
}

/** Decoder and encoder, open on the same provider. */
export class ModelGraphs {
  readonly #name: string;
  readonly #trials: Readonly<Record<GraphName, GraphTrial>>;
  readonly #selector: ProviderSelector;
  #opened: Opened;
  #moving: Promise<void> | undefined;
  #closed = false;

  private constructor(
    name: string,
    trials: Readonly<Record<GraphName, GraphTrial>>,
    selector: ProviderSelector,
    opened: Opened,
  ) {
    this.#name = name;
    this.#trials = trials;
    this.#selector = selector;
    this.#opened = opened;
  }

  /**
   * Opens both graphs on the provider that suits them.
   *
   * @param name the model's, for the log
   * @throws as {@linkcode ProviderSelector.open} does
   */
  static async open(
    name: string,
    trials: Readonly<Record<GraphName, GraphTrial>>,
    selector: ProviderSelector,
  ): Promise<ModelGraphs> {
    return new ModelGraphs(name, trials, selector, await openOn(selector, trials));
  }

  /** What they run on, and why. */
  get report(): ProviderReport {
    return this.#opened.report;
  }

  /** How many pictures go through a graph at once. */
  get chunk(): number {
    return this.#opened.chunk;
  }

  /** Checks an input as {@linkcode OnnxSession.check} does. */
  check(graph: GraphName, data: TensorData, count: number): void {
    this.#opened.sessions[graph].check(data, count);
  }

  /**
   * Runs a graph. Where the device fails, both graphs move to the next provider and the run is repeated there.
   *
   * @throws as {@linkcode OnnxSession.run} does
   */
  async run(graph: GraphName, data: TensorData, count: number, outputs: readonly string[]): Promise<TensorData[]> {
    for (;;) {
      const used = this.#opened;
      try {
        return await used.sessions[graph].run(data, count, outputs);
      } catch (error) {
        const moved = used !== this.#opened; // the session was closed under this run
        if (!moved && (error instanceof LatentboardError || used.report.provider === "cpu")) throw error;
        if (this.#closed) throw error;
        if (!moved) await (this.#moving ??= this.#move(used, error).finally(() => this.#moving = undefined));
      }
    }
  }

  /** Frees both graphs after the runs under way. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await closeAll(this.#opened);
  }

  async #move(from: Opened, error: unknown): Promise<void> {
    const { provider } = from.report;
    const reason = this.#selector.reject(provider, error);
    this.#opened = await openOn(this.#selector, this.#trials);
    log.warn(`inference: ${this.#name} moved from ${provider} to ${this.#opened.report.provider}: ${reason}`);
    closeAll(from).catch(() => {}); // what a lost device holds may not be released
    if (this.#closed) await closeAll(this.#opened);
  }
}

async function openOn(
  selector: ProviderSelector,
  { decoder, encoder }: Readonly<Record<GraphName, GraphTrial>>,
): Promise<Opened> {
  const { session, beside: [other], report } = await selector.open(decoder, [encoder]);
  return { sessions: { decoder: session, encoder: other! }, report, chunk: chunkOf(report) };
}

async function closeAll({ sessions }: Opened): Promise<void> {
  await Promise.all([sessions.decoder.close(), sessions.encoder.close()]);
}
