/** A loaded model: decode and encode in typed arrays. */
import { LatentboardError } from "../errors.ts";
import { offManifoldDistance } from "../latent/mod.ts";
import { type DecodedBatch, type EncodedBatch, pictureOf } from "./batch.ts";
import { latentDimensions, latentDimOf, type ModelDocument } from "./dimensions.ts";
import type { ProviderReport, ProviderSelector } from "./providers.ts";
import { OnnxSession, type ProviderName, type TensorSpec } from "./session.ts";

/** Options of {@linkcode ModelRuntime.decode}. */
export interface DecodeOptions {
  /** Give the logits as well. */
  readonly logits?: boolean;
  /** Give the pictures as float32 numbers from 0 to 1 as well. */
  readonly image?: boolean;
  /** Ends a long batch between two parts of it. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode ModelRuntime.frames}. */
export interface FramesOptions {
  /** The most pictures that come at once; 8 by default. */
  readonly chunk?: number;
  /** Ends the sequence before its next part. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode ModelRuntime.encode}. */
export interface EncodeOptions {
  /** Ends a long batch between two parts of it. */
  readonly signal?: AbortSignal;
}

/** Where decode → encode lands. */
export interface OffManifold {
  /** Root mean square of `mu - z` over the active latents, in standard deviations of the prior; 0 comes back exactly. */
  readonly distance: number;
  /** Where it landed, `[latentDim]`. */
  readonly mu: Float32Array;
}

/** The two graphs of a model. */
export interface ModelGraphs {
  /** decoder.onnx */
  readonly decoder: Uint8Array;
  /** encoder.onnx */
  readonly encoder: Uint8Array;
}

/** About how long one run may hold the thread in milliseconds: what a slider's move waits for at most. */
const TURN = 4;
const LARGEST_TURN = 64;

/** A model whose decoder and encoder are open on an execution provider. */
export class ModelRuntime {
  /** Its model.json. */
  readonly document: ModelDocument;
  /** Numbers a latent. */
  readonly latentDim: number;
  /** What it runs on, and why. */
  readonly report: ProviderReport;

  readonly #decoder: OnnxSession;
  readonly #encoder: OnnxSession;
  readonly #active: readonly number[];
  /** How many pictures go through a graph at once. */
  readonly #turn: number;

  private constructor(document: ModelDocument, report: ProviderReport, decoder: OnnxSession, encoder: OnnxSession) {
    this.document = document;
    this.latentDim = latentDimOf(document);
    this.report = report;
    this.#decoder = decoder;
    this.#encoder = encoder;
    this.#active = latentDimensions(document).filter(({ active }) => active).map(({ index }) => index);
    this.#turn = Math.max(1, Math.min(LARGEST_TURN, Math.floor(TURN / report.milliseconds)));
  }

  /**
   * Opens a model's graphs, the decoder on the provider that suits it and the encoder beside it.
   *
   * @param document its model.json
   * @param graphs the files' content, their checksums checked
   * @param selector which providers there are
   * @throws {LatentboardError} `damaged` when a graph can't be opened or doesn't match model.json, `unavailable` when
   * there is no provider, `unsupported` when the model has latents that are not Gaussian
   */
  static async open(document: ModelDocument, graphs: ModelGraphs, selector: ProviderSelector): Promise<ModelRuntime> {
    const latentDim = latentDimOf(document);
    const origin = new Float32Array(latentDim);
    const { session: decoder, report } = await selector.open(
      graphs.decoder,
      async (session) => {
        checkDecoder(document, session);
        await session.run(origin, 1, ["pixels"]);
      },
    );
    try {
      const encoder = await openEncoder(graphs.encoder, report.provider, selector, document);
      return new ModelRuntime(document, report, decoder, encoder);
    } catch (error) {
      await decoder.close();
      throw error;
    }
  }

  /** The execution provider in use. */
  get provider(): ProviderName {
    return this.report.provider;
  }

  /**
   * Decodes latents. A long batch goes in parts, so that the event loop turns and others get in between.
   *
   * @param z `[count, latentDim]`, finite
   * @param count how many, 1 or more
   * @returns the pictures in the order of the latents
   * @throws {LatentboardError} `invalid`, field `z`, before anything is decoded; `unavailable` after
   * {@linkcode dispose}; and the signal's reason when it is aborted
   */
  async decode(z: ArrayLike<number>, count: number, options: DecodeOptions = {}): Promise<DecodedBatch> {
    const latents = toFloat32(z);
    const extra = (["logits", "image"] as const).filter((name) => options[name]);
    const [pixels, ...more] = await this.#inTurns(this.#decoder, latents, count, ["pixels", ...extra], options.signal);
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
   * Decodes latents in small batches, each given as soon as it is there.
   *
   * @param z `[count, latentDim]`, finite
   * @param count how many, 1 or more
   * @returns the batches, together `count` pictures in the order of the latents
   * @throws {RangeError} when `chunk` is not a whole number from 1; and as {@linkcode decode} does
   */
  async *frames(z: ArrayLike<number>, count: number, options: FramesOptions = {}): AsyncGenerator<DecodedBatch> {
    const latents = toFloat32(z);
    this.#decoder.check(latents, count);
    const { chunk: most = 8 } = options;
    if (!Number.isInteger(most) || most < 1) {
      throw new RangeError(`Cannot decode ${most} pictures at once: chunk must be a whole number from 1`);
    }
    const chunk = Math.min(most, this.#turn);
    for (let first = 0; first < count; first += chunk) {
      options.signal?.throwIfAborted();
      const last = Math.min(count, first + chunk);
      yield await this.decode(latents.subarray(first * this.latentDim, last * this.latentDim), last - first);
    }
  }

  /**
   * Encodes pictures.
   *
   * @param pixels `[count, height, width, channels]`, 0 to 255
   * @param count how many, 1 or more
   * @returns their posteriors in the order of the pictures
   * @throws {LatentboardError} `invalid`, field `pixels`; `unavailable` after {@linkcode dispose}; and the signal's
   * reason when it is aborted
   */
  async encode(pixels: Uint8Array, count: number, options: EncodeOptions = {}): Promise<EncodedBatch> {
    const [mu, logvar] = await this.#inTurns(this.#encoder, pixels, count, ["mu", "logvar"], options.signal);
    return { count, latentDim: this.latentDim, mu: mu as Float32Array, logvar: logvar as Float32Array };
  }

  /**
   * How far from the pictures that the model knows a latent lies: it is decoded, the picture encoded, and the mean
   * compared with where it began. Dead latents, which no picture shows, don't count.
   *
   * @param z `[latentDim]`, finite
   * @throws as {@linkcode decode} does
   */
  async offManifold(z: ArrayLike<number>): Promise<OffManifold> {
    const picture = pictureOf(await this.decode(z, 1), 0);
    const { mu } = await this.encode(picture, 1);
    return { distance: offManifoldDistance(z, mu, this.#active), mu };
  }

  /** Waits for the runs under way, then frees both graphs; later calls are refused. Idempotent. */
  async dispose(): Promise<void> {
    await Promise.all([this.#decoder.close(), this.#encoder.close()]);
  }

  async #inTurns<T extends Float32Array | Uint8Array>(
    session: OnnxSession,
    data: T,
    count: number,
    outputs: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<(Float32Array | Uint8Array)[]> {
    session.check(data, count);
    signal?.throwIfAborted();
    if (count <= this.#turn) return await session.run(data, count, outputs);

    const size = data.length / count;
    const whole: (Float32Array | Uint8Array)[] = [];
    for (let first = 0; first < count; first += this.#turn) {
      signal?.throwIfAborted();
      const last = Math.min(count, first + this.#turn);
      const part = await session.run(data.subarray(first * size, last * size) as T, last - first, outputs);
      for (const [i, values] of part.entries()) {
        const sizeOut = values.length / (last - first);
        whole[i] ??= values instanceof Uint8Array ? new Uint8Array(count * sizeOut) : new Float32Array(count * sizeOut);
        whole[i].set(values, first * sizeOut);
      }
    }
    return whole;
  }
}

async function openEncoder(
  bytes: Uint8Array,
  preferred: ProviderName,
  selector: ProviderSelector,
  document: ModelDocument,
): Promise<OnnxSession> {
  const { available } = await selector.probe();
  let failure: unknown;
  for (const provider of [preferred, ...available.filter((name) => name !== preferred)]) {
    let session: OnnxSession;
    try {
      session = await OnnxSession.open(bytes, { provider });
    } catch (error) {
      failure ??= error;
      continue;
    }
    try {
      checkEncoder(document, session);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }
  throw new LatentboardError("damaged", `The encoder of "${document.name}" can't be opened: train or copy it anew`, {
    field: "model",
    cause: failure,
  });
}

function checkDecoder(document: ModelDocument, session: OnnxSession): void {
  const { height, width, channels } = document.image;
  check(document, "decoder", session, { name: "z", type: "float32", shape: [latentDimOf(document)] }, [
    { name: "pixels", type: "uint8", shape: [height, width, channels] },
    { name: "logits", type: "float32", shape: [height, width, channels] },
    { name: "image", type: "float32", shape: [height, width, channels] },
  ]);
}

function checkEncoder(document: ModelDocument, session: OnnxSession): void {
  const { height, width, channels } = document.image;
  const latent = { type: "float32", shape: [latentDimOf(document)] };
  check(document, "encoder", session, { name: "pixels", type: "uint8", shape: [height, width, channels] }, [
    { name: "mu", ...latent },
    { name: "logvar", ...latent },
  ]);
}

/** Holds a graph against what model.json says; shapes are without the batch. */
function check(
  document: ModelDocument,
  part: string,
  session: OnnxSession,
  input: TensorSpec,
  outputs: readonly TensorSpec[],
): void {
  const text = ({ name, type, shape }: TensorSpec) => `${name} ${type} [${shape}]`;
  const found = [session.input, ...session.outputs].map((spec) => text({ ...spec, shape: spec.shape.slice(1) }));
  for (const expected of [input, ...outputs].map(text)) {
    if (found.includes(expected)) continue;
    throw new LatentboardError(
      "damaged",
      `The ${part} of "${document.name}" has no ${expected}, it has ${found.join(", ")}: train or copy it anew`,
      { field: "model" },
    );
  }
}

function toFloat32(z: ArrayLike<number>): Float32Array {
  return z instanceof Float32Array ? z : Float32Array.from(z);
}
