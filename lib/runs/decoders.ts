/** Decodes with the snapshots of runs: opened by their bytes, checksums checked, the ones used last kept open. */
import { LatentboardError } from "../errors.ts";
import { type DecodedBatch, latentDimensions, OnnxSession } from "../inference/mod.ts";
import { sha256Hex } from "../system/files.ts";
import type { ModelDetail } from "../protocol.ts";
import { RUN_PREFIX } from "../protocol_runs.ts";
import { readSnapshot, readSnapshotFile, type SnapshotDocument, snapshotSteps } from "./store.ts";

/** An open decoder. */
interface OpenDecoder {
  readonly session: Promise<{ readonly session: OnnxSession; readonly document: SnapshotDocument }>;
  users: number;
  retired: boolean;
}

/** Decoders that stay open when nobody uses them. */
const CAPACITY = 4;

/** Decodes with the snapshots of runs. */
export class SnapshotDecoders {
  readonly #folderOf: (id: string) => Promise<string>;
  /** In the order of their last use. */
  readonly #open = new Map<string, OpenDecoder>();

  /** Of each run that was asked for: a run's latents never change. */
  readonly #latentDims = new Map<string, number>();

  /** @param folderOf the folder of a run that exists */
  constructor(folderOf: (id: string) => Promise<string>) {
    this.#folderOf = folderOf;
  }

  /**
   * The step of a run's newest snapshot.
   *
   * @throws {LatentboardError} `unavailable` when there is none yet
   */
  async newest(id: string): Promise<number> {
    const step = (await snapshotSteps(await this.#folderOf(id))).at(-1);
    if (step !== undefined) return step;
    throw new LatentboardError("unavailable", "This run has no snapshot yet: wait for its first steps", {
      field: "id",
    });
  }

  /** Latent dimensions of a run. */
  async latentDim(id: string): Promise<number> {
    const known = this.#latentDims.get(id);
    if (known !== undefined) return known;
    const { klPerLatent } = await readSnapshot(await this.#folderOf(id), await this.newest(id));
    this.#latentDims.set(id, klPerLatent.length);
    return klPerLatent.length;
  }

  /**
   * Decodes latents.
   *
   * @param id the run
   * @param step of the snapshot
   * @param z `[count, latentDim]`, finite
   * @param count how many
   * @throws {LatentboardError} `gone` when the snapshot is no longer kept, `damaged` when its decoder was altered,
   * `invalid` when the numbers don't fit
   */
  async decode(id: string, step: number, z: Float32Array, count: number): Promise<DecodedBatch> {
    const key = `${id} ${step}`;
    let opened = this.#open.get(key);
    if (opened === undefined) {
      opened = { session: this.#load(id, step), users: 0, retired: false };
      opened.session.catch(() => this.#open.delete(key));
    }
    this.#open.delete(key);
    this.#open.set(key, opened);
    opened.users++;
    try {
      const { session, document } = await opened.session;
      const { height, width, channels } = document.image;
      const [pixels] = await session.run(z, count, ["pixels"]);
      const { provider } = session;
      const { decoderSha256 } = document;
      return { count, height, width, channels, pixels: pixels as Uint8Array, provider, decoderSha256 };
    } finally {
      opened.users--;
      if (opened.retired && opened.users === 0) close(opened);
      this.#evict();
    }
  }

  /** What the board needs to know of a run's newest snapshot: as of a model, whose name is `run:<id>`. */
  async detail(id: string, title: string): Promise<ModelDetail> {
    const step = await this.newest(id);
    const { image, dataset, statistics, labels, decoderSha256, mse } = await readSnapshot(
      await this.#folderOf(id),
      step,
    );
    const latentDim = statistics.kl.length;
    const prior = { kind: "standard-normal", parameters: {} };
    const latents = [{ name: "z", kind: "gaussian" as const, shape: [latentDim], prior, statistics }];
    return {
      name: `${RUN_PREFIX}${id}`,
      title,
      dataset,
      latentDim,
      image,
      createdAt: new Date().toISOString(),
      dimensions: latentDimensions({ latents }),
      labels,
      decoderSha256,
      provider: "cpu",
      metrics: { step, mse },
    };
  }

  /** Closes all decoders. */
  dispose(): void {
    for (const [key, opened] of this.#open) this.#retire(key, opened);
  }

  async #load(id: string, step: number): ReturnType<() => OpenDecoder["session"]> {
    const folder = await this.#folderOf(id);
    const document = await readSnapshot(folder, step);
    const bytes = await readSnapshotFile(folder, step, "decoder.onnx");
    if (sha256Hex(bytes) !== document.decoderSha256) {
      throw new LatentboardError("damaged", `The decoder of step ${step} was altered: choose another snapshot`, {
        field: "step",
      });
    }
    return { session: await OnnxSession.open(bytes, { provider: "cpu" }), document };
  }

  #evict(): void {
    for (const [key, opened] of this.#open) {
      if (this.#open.size <= CAPACITY) return;
      this.#retire(key, opened);
    }
  }

  #retire(key: string, opened: OpenDecoder): void {
    this.#open.delete(key);
    opened.retired = true;
    if (opened.users === 0) close(opened);
  }
}

function close(opened: OpenDecoder): void {
  opened.session.then(({ session }) => session.close(), () => {});
}
