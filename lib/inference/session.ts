/** One loaded ONNX graph. The only file that imports onnxruntime-node, and it does so when the first one is opened. */
import { LatentboardError } from "../errors.ts";
import { openCuda } from "./cuda.ts";
import type { ProviderName } from "../protocol.ts";

export type { ProviderName };

/** Numbers of a tensor. */
export type TensorData = Float32Array | Uint8Array;

/** An input or output of a graph. */
export interface TensorSpec {
  readonly name: string;
  /** Such as `float32` or `uint8`. */
  readonly type: string;
  /** A name, such as `batch`, stands for a length that is free. */
  readonly shape: readonly (number | string)[];
}

/** Options of {@linkcode OnnxSession.open}. */
export interface SessionOptions {
  readonly provider: ProviderName;
  /** Threads within one operation, on the cpu provider; 1 by default. */
  readonly threads?: number;
}

type Onnxruntime = typeof import("onnxruntime-node");
type NativeSession = Awaited<ReturnType<Onnxruntime["InferenceSession"]["create"]>>;

const INTEL_MAC = Deno.build.os === "darwin" && Deno.build.arch === "x86_64";

let loading: Promise<Onnxruntime> | undefined;

/**
 * An ONNX graph with one input that grows with the batch, opened on one execution provider. Further inputs have a fixed
 * shape, such as the picture that many latents are scored against.
 *
 * Every run occupies the thread that called it (onnxruntime-node's binding is synchronous behind its promise), so runs
 * of one thread come one after the other, with the event loop between them.
 */
export class OnnxSession {
  /** The input that grows with the batch. */
  readonly input: TensorSpec;
  /** Further inputs, of fixed shapes. */
  readonly others: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly provider: ProviderName;

  readonly #ort: Onnxruntime;
  readonly #native: NativeSession;
  readonly #running = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  private constructor(ort: Onnxruntime, native: NativeSession, provider: ProviderName) {
    this.#ort = ort;
    this.#native = native;
    this.provider = provider;
    const [input, ...others] = specs(native.inputMetadata);
    if (input === undefined) throw new TypeError("Cannot open the graph: it has no input");
    this.input = input;
    this.others = others;
    this.outputs = specs(native.outputMetadata);
  }

  /**
   * Opens a graph.
   *
   * @param bytes an .onnx file's content; the caller checks its checksum, since altered bytes can load and run
   * @throws {LatentboardError} `unavailable` when onnxruntime-node can't be loaded here
   * @throws {Error} onnxruntime's own, when the provider or the graph can't be opened
   */
  static async open(bytes: Uint8Array, options: SessionOptions): Promise<OnnxSession> {
    const ort = await loadOnnxruntime();
    // One thread: two decode a 28×28 picture 0.03 ms sooner, but then spin, and keep a whole core busy between runs.
    // Where more pay, they sleep between runs.
    const { provider, threads = 1 } = options;
    const native = await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      graphOptimizationLevel: "all",
      executionMode: "sequential",
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
    return new OnnxSession(ort, native, provider);
  }

  /**
   * Runs the graph. A wrong length and numbers that are not finite are refused before onnxruntime sees them.
   *
   * @param data the input, row by row: `count` times the numbers that one takes
   * @param count the batch size, 1 or more
   * @param outputs names of the outputs to compute
   * @param further the numbers of the further inputs, by name
   * @returns numbers in the order of `outputs`
   * @throws {LatentboardError} `invalid`, with the input's name as the field, when the data doesn't fit;
   * `unavailable` after {@linkcode close}
   */
  async run(
    data: TensorData,
    count: number,
    outputs: readonly string[],
    further: Readonly<Record<string, TensorData>> = {},
  ): Promise<TensorData[]> {
    this.check(data, count);
    if (this.#closed !== undefined) {
      throw new LatentboardError("unavailable", "This model was unloaded: ask for it again", { field: "model" });
    }
    const shape = [count, ...this.input.shape.slice(1) as number[]];
    const feeds = { [this.input.name]: this.#tensor(data, shape) };
    for (const { name, shape } of this.others) {
      const fixed = further[name];
      if (fixed === undefined) throw new TypeError(`Cannot run the graph: its input ${name} is missing`);
      feeds[name] = this.#tensor(fixed, shape as number[]);
    }
    const run = this.#native.run(feeds, outputs);
    this.#running.add(run);
    try {
      const results = await run;
      return outputs.map((name) => results[name]!.data as TensorData);
    } finally {
      this.#running.delete(run);
    }
  }

  #tensor(data: TensorData, shape: readonly number[]) {
    return data instanceof Float32Array
      ? new this.#ort.Tensor("float32", data, shape)
      : new this.#ort.Tensor("uint8", data, shape);
  }

  /** Frees the graph after the runs under way. Idempotent. */
  close(): Promise<void> {
    return this.#closed ??= Promise.allSettled(this.#running).then(() => this.#native.release());
  }

  /**
   * Checks an input as {@linkcode run} does.
   *
   * @throws {LatentboardError} `invalid`, with the name of the input as the field
   */
  check(data: TensorData, count: number): void {
    const { name, type, shape } = this.input;
    const size = sizeOfOne(this.input);
    if (type !== (data instanceof Float32Array ? "float32" : "uint8")) {
      throw new TypeError(`Cannot run the graph: its input ${name} is ${type} of [${shape}]`);
    }
    if (!Number.isInteger(count) || count < 1) {
      throw new LatentboardError("invalid", `${name} must hold one row or more`, { field: name });
    }
    if (data.length !== count * size) {
      throw new LatentboardError(
        "invalid",
        `${name} must hold ${size} numbers for each of ${count}: it holds ${data.length}`,
        { field: name },
      );
    }
    if (data instanceof Uint8Array) return;
    for (let i = 0; i < data.length; i++) {
      if (Number.isFinite(data[i])) continue;
      const place = count === 1 ? `${i}` : `${i % size} of row ${Math.floor(i / size)}`;
      throw new LatentboardError("invalid", `${name} must hold finite numbers: number ${place} is ${data[i]}`, {
        field: name,
      });
    }
  }
}

/** How many numbers one row of a batch takes. */
function sizeOfOne(spec: TensorSpec): number {
  return spec.shape.slice(1).reduce<number>((size, length) => size * Number(length), 1);
}

function specs(metadata: NativeSession["inputMetadata"]): TensorSpec[] {
  return metadata.map((value) =>
    value.isTensor
      ? { name: value.name, type: value.type, shape: value.shape }
      : { name: value.name, type: "other", shape: [] }
  );
}

function loadOnnxruntime(): Promise<Onnxruntime> {
  // CUDA's provider must be open before onnxruntime's own library is.
  loading ??= openCuda().then(() => import("onnxruntime-node")).then((ort) => {
    ort.env.logLevel = "fatal"; // a missing provider is reported by an exception, not in the terminal
    return ort;
  }, (cause) => {
    loading = undefined;
    throw new LatentboardError(
      "unavailable",
      INTEL_MAC
        ? "onnxruntime-node is not published for Intel Macs: use a Mac with Apple silicon, Linux or Windows"
        : `onnxruntime-node can't be loaded on ${Deno.build.os} ${Deno.build.arch}: run "deno install", ` +
          "and check that the platform is Linux, macOS on Apple silicon, or Windows",
      { cause },
    );
  });
  return loading;
}
