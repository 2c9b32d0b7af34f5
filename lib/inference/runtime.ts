/** A loaded model: decode and encode in typed arrays. */
import { LatentboardError } from "../errors.ts";
import { offManifoldDistance } from "../latent/mod.ts";
import { type DecodedBatch, type EncodedBatch, pictureOf } from "./batch.ts";
import { latentLevels } from "../latent/mod.ts";
import { latentDimensions, latentDimOf, type ModelDocument } from "./dimensions.ts";
import { type GraphName, ModelGraphs } from "./model_graphs.ts";
import { type ProviderReport, type ProviderSelector, TRIAL_BATCH } from "./providers.ts";
import type { OnnxSession, ProviderName, TensorData, TensorSpec } from "./session.ts";

/** Options of {@linkcode ModelRuntime.encode}. */
export interface EncodeOptions {
  /** Ends the work between two chunks. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode ModelRuntime.decode}. */
export interface DecodeOptions extends EncodeOptions {
  /** Whether the batch has logits too. */
  readonly logits?: boolean;
  /** Whether the batch has the pictures as float32 from 0 to 1 too. */
  readonly image?: boolean;
}

/** Options of {@linkcode ModelRuntime.frames}. */
export interface FramesOptions extends EncodeOptions {
  /** The most pictures per batch; 8 by default. */
  readonly chunk?: number;
}

/** Where decode → encode lands. */
export interface OffManifold {
  /** Root mean square of `mu - z` over the active latents, in standard deviations of the prior. */
  readonly distance: number;
  /** `[latentDim]`. */
  readonly mu: Float32Array;
}

/** A model whose decoder and encoder are open on an execution provider. */
export class ModelRuntime {
  readonly document: ModelDocument;
  readonly latentDim: number;
  /** How many values each latent takes where it is a code or a label, 0 where it is continuous. */
  readonly levels: readonly number[];
  readonly #graphs: ModelGraphs;
  readonly #active: readonly number[];

  private constructor(document: ModelDocument, graphs: ModelGraphs) {
    this.document = document;
    this.latentDim = latentDimOf(document);
    this.levels = latentLevels(document.latents);
    this.#graphs = graphs;
    this.#active = latentDimensions(document).filter(({ active }) => active).map(({ index }) => index);
  }

  /**
   * Opens a model's graphs on the provider that suits them.
   *
   * @param graphs the content of decoder.onnx and encoder.onnx, whose checksums were checked
   * @throws {LatentboardError} `damaged` when a graph can't be opened or doesn't match model.json, `unavailable` when
   * there is no provider
   */
  static async open(
    document: ModelDocument,
    graphs: { readonly decoder: Uint8Array; readonly encoder: Uint8Array },
    selector: ProviderSelector,
  ): Promise<ModelRuntime> {
    const { height, width, channels } = document.image;
    const latents = new Float32Array(TRIAL_BATCH * latentDimOf(document));
    const pictures = new Uint8Array(height * width * channels);
    const trials = {
      decoder: {
        bytes: graphs.decoder,
        run: (session: OnnxSession, count: number) => {
          if (count === 1) checkGraph("decoder", document, session);
          return session.run(latents.subarray(0, count * latents.length / TRIAL_BATCH), count, ["pixels"]);
        },
      },
      encoder: {
        bytes: graphs.encoder,
        run: (session: OnnxSession) => {
          checkGraph("encoder", document, session);
          return session.run(pictures, 1, ["mu", "logvar"]);
        },
      },
    };
    return new ModelRuntime(document, await ModelGraphs.open(document.name, trials, selector));
  }

  /** What it runs on now, and why. */
  get report(): ProviderReport {
    return this.#graphs.report;
  }

  get provider(): ProviderName {
    return this.report.provider;
  }

  /**
   * Decodes latents. A long batch runs in chunks so that other work gets in between.
   *
   * @param z `[count, latentDim]`, finite
   * @throws {LatentboardError} `invalid`, field `z`, before anything is decoded; `unavailable` after
   * {@linkcode dispose}; and the signal's reason when it is aborted
   */
  async decode(z: ArrayLike<number>, count: number, options: DecodeOptions = {}): Promise<DecodedBatch> {
    const extra = (["logits", "image"] as const).filter((name) => options[name]);
    const outputs = ["pixels", ...extra];
    const [pixels, ...more] = await this.#runInChunks("decoder", toFloat32(z), count, outputs, options.signal);
    return {
      count,
      ...this.document.image,
      provider: this.provider,
      decoderSha256: this.document.files["decoder.onnx"]!.sha256,
      pixels: pixels as Uint8Array,
      ...Object.fromEntries(extra.map((name, i) => [name, more[i] as Float32Array])),
    };
  }

  /**
   * Decodes latents in small batches, each yielded as soon as it is there.
   *
   * @param z `[count, latentDim]`, finite
   * @throws {RangeError} when `chunk` is not a whole number from 1; and as {@linkcode decode} does
   */
  async *frames(z: ArrayLike<number>, count: number, options: FramesOptions = {}): AsyncGenerator<DecodedBatch> {
    const latents = toFloat32(z);
    this.#graphs.check("decoder", latents, count);
    const { chunk = 8, signal } = options;
    if (!Number.isInteger(chunk) || chunk < 1) {
      throw new RangeError(`Cannot decode ${chunk} pictures at once: chunk must be a whole number from 1`);
    }
    const step = Math.min(chunk, this.#graphs.chunk);
    for (let first = 0; first < count; first += step) {
      signal?.throwIfAborted();
      const last = Math.min(count, first + step);
      yield await this.decode(latents.subarray(first * this.latentDim, last * this.latentDim), last - first);
    }
  }

  /**
   * Encodes pictures.
   *
   * @param pixels `[count, height, width, channels]`, 0 to 255
   * @throws {LatentboardError} `invalid`, field `pixels`; `unavailable` after {@linkcode dispose}; and the signal's
   * reason when it is aborted
   */
  async encode(pixels: Uint8Array, count: number, options: EncodeOptions = {}): Promise<EncodedBatch> {
    const [mu, logvar] = await this.#runInChunks("encoder", pixels, count, ["mu", "logvar"], options.signal);
    return { count, latentDim: this.latentDim, mu: mu as Float32Array, logvar: logvar as Float32Array };
  }

  /**
   * How far a latent lies from the pictures that the model knows: it is decoded, the picture encoded, and the mean
   * compared with where it began. Inactive latents, which no picture shows, don't count.
   *
   * @param z `[latentDim]`, finite
   * @throws as {@linkcode decode} does
   */
  async offManifold(z: ArrayLike<number>): Promise<OffManifold> {
    const picture = pictureOf(await this.decode(z, 1), 0);
    const { mu } = await this.encode(picture, 1);
    return { distance: offManifoldDistance(z, mu, this.#active), mu };
  }

  /** Frees both graphs after the runs under way; later calls are refused. Idempotent. */
  async dispose(): Promise<void> {
    await this.#graphs.close();
  }

  async #runInChunks(
    graph: GraphName,
    data: TensorData,
    count: number,
    outputs: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<TensorData[]> {
    this.#graphs.check(graph, data, count);
    signal?.throwIfAborted();
    const { chunk: step } = this.#graphs;
    if (count <= step) return await this.#graphs.run(graph, data, count, outputs);

    const size = data.length / count;
    const results: TensorData[] = [];
    for (let first = 0; first < count; first += step) {
      signal?.throwIfAborted();
      const last = Math.min(count, first + step);
      const chunk = await this.#graphs.run(graph, data.subarray(first * size, last * size), last - first, outputs);
      for (const [i, values] of chunk.entries()) {
        const length = count * values.length / (last - first);
        results[i] ??= values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
        results[i].set(values, first * values.length / (last - first));
      }
    }
    return results;
  }
}

/** What a model's graph takes and gives; shapes are without the batch. */
export function graphTensors(
  kind: "decoder" | "encoder",
  document: ModelDocument,
): { input: TensorSpec; outputs: readonly TensorSpec[] } {
  const { height, width, channels } = document.image;
  const picture = (name: string, type: string) => ({ name, type, shape: [height, width, channels] });
  const latent = (name: string) => ({ name, type: "float32", shape: [latentDimOf(document)] });
  const pixels = picture("pixels", "uint8");
  return kind === "decoder"
    ? { input: latent("z"), outputs: [pixels, picture("image", "float32"), picture("logits", "float32")] }
    : { input: pixels, outputs: [latent("mu"), latent("logvar")] };
}

function checkGraph(kind: "decoder" | "encoder", document: ModelDocument, session: OnnxSession): void {
  const format = ({ name, type, shape }: TensorSpec) => `${name} ${type} [${shape}]`;
  const found = [session.input, ...session.outputs].map((spec) => format({ ...spec, shape: spec.shape.slice(1) }));
  const { input, outputs } = graphTensors(kind, document);
  const missing = [input, ...outputs].map(format).find((expected) => !found.includes(expected));
  if (missing === undefined) return;
  throw new LatentboardError(
    "damaged",
    `The ${kind} of "${document.name}" has no ${missing}, it has ${found.join(", ")}: train or copy it again`,
    { field: "model" },
  );
}

function toFloat32(z: ArrayLike<number>): Float32Array {
  return z instanceof Float32Array ? z : Float32Array.from(z);
}
