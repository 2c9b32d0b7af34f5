/** A shared model's graphs in the browser, through onnxruntime-web. */

/** What is used of onnxruntime-web; the package is fetched for sharing alone, so its types are not at hand. */
export interface OnnxruntimeWeb {
  readonly env: { readonly wasm: { numThreads?: number; wasmBinary?: ArrayBuffer } };
  readonly InferenceSession: {
    create(model: Uint8Array, options: Record<string, unknown>): Promise<WebSession>;
  };
  readonly Tensor: new (type: "float32" | "uint8", data: TensorData, shape: readonly number[]) => unknown;
}

interface WebSession {
  run(feeds: Record<string, unknown>, outputs: readonly string[]): Promise<Record<string, { data: TensorData }>>;
}

type TensorData = Float32Array | Uint8Array;

/** Decodes and encodes in typed arrays. */
export interface LocalModel {
  /**
   * @param z `[count, latentDim]`
   * @returns pixels, `[count, height, width, channels]`, 0 to 255
   */
  decode(z: Float32Array, count: number, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * @param pixels `[height, width, channels]`, 0 to 255
   * @returns mean and logarithm of the variance of the posterior, `[latentDim]` each
   */
  encode(pixels: Uint8Array): Promise<{ mu: Float32Array; logvar: Float32Array }>;
}

/** What a {@linkcode WebModel} is opened with. */
export interface WebModelOptions {
  readonly latentDim: number;
  readonly image: { readonly height: number; readonly width: number; readonly channels: number };
  /** Reads `decoder.onnx` or `encoder.onnx`. */
  readonly read: (file: string) => Promise<Uint8Array>;
}

/** How long one run may hold the thread, in milliseconds: what a slider's move waits for at most. */
const RUN_MS = 8;

/** A model on onnxruntime-web; each graph is loaded when it is first used. */
export class WebModel implements LocalModel {
  readonly #ort: OnnxruntimeWeb;
  readonly #options: WebModelOptions;
  readonly #sessions = new Map<string, Promise<WebSession>>();
  /** Pictures per run. */
  #chunk = 1;
  #lastRun: Promise<unknown> = Promise.resolve();

  constructor(ort: OnnxruntimeWeb, options: WebModelOptions) {
    this.#ort = ort;
    this.#options = options;
  }

  async decode(z: Float32Array, count: number, signal?: AbortSignal): Promise<Uint8Array> {
    const { latentDim, image } = this.#options;
    const size = image.height * image.width * image.channels;
    const pixels = new Uint8Array(count * size);
    for (let first = 0; first < count;) {
      signal?.throwIfAborted();
      const last = Math.min(count, first + this.#chunk);
      const part = z.subarray(first * latentDim, last * latentDim);
      const [decoded] = await this.#run("decoder.onnx", "z", part, [last - first, latentDim], ["pixels"]);
      pixels.set(decoded as Uint8Array, first * size);
      first = last;
    }
    return pixels;
  }

  async encode(pixels: Uint8Array): Promise<{ mu: Float32Array; logvar: Float32Array }> {
    const { height, width, channels } = this.#options.image;
    const shape = [1, height, width, channels];
    const [mu, logvar] = await this.#run("encoder.onnx", "pixels", pixels, shape, ["mu", "logvar"]);
    return { mu: mu as Float32Array, logvar: logvar as Float32Array };
  }

  /** Runs come one after the other, with a turn of the event loop between two. */
  async #run(
    file: string,
    input: string,
    data: TensorData,
    shape: readonly number[],
    outputs: readonly string[],
  ): Promise<TensorData[]> {
    const session = await this.#session(file);
    const run = this.#lastRun.then(async () => {
      await nextTurn();
      const started = performance.now();
      const type = data instanceof Float32Array ? "float32" : "uint8";
      const results = await session.run({ [input]: new this.#ort.Tensor(type, data, shape) }, outputs);
      const perPicture = (performance.now() - started) / shape[0]!;
      if (file === "decoder.onnx") this.#chunk = Math.max(1, Math.min(64, Math.floor(RUN_MS / perPicture)));
      return outputs.map((name) => results[name]!.data);
    });
    this.#lastRun = run.catch(() => {});
    return await run;
  }

  #session(file: string): Promise<WebSession> {
    const known = this.#sessions.get(file);
    if (known !== undefined) return known;
    const opening = (async () => {
      const bytes = await this.#options.read(file);
      return await this.#ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
    })();
    this.#sessions.set(file, opening);
    opening.catch(() => this.#sessions.delete(file)); // the next use tries again
    return opening;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
