/** Starts what training runs on: the engine that is asked for, or the best that can be had. */
import * as tf from "@tensorflow/tfjs";
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { type LibraryProgress, LibraryUnavailableError, startTensorFlow } from "../tensorflow/mod.ts";
import { type EngineName, ENGINES } from "./names.ts";
import type { Parallelism } from "./parallelism.ts";
import { describeSlowdown, type ModelKind } from "./speed.ts";
import { startWasm } from "./wasm.ts";
import { examineAdapter, type GpuSource, startWebGpu } from "./webgpu.ts";

/** How to start. */
export interface EngineOptions {
  /** The user's folder: a fetched libtensorflow is kept in its cache. */
  readonly home: string;
  /** A folder with libtensorflow. */
  readonly tensorflow?: string | undefined;
  /** What threads do, TensorFlow's alone; they share the work of each op by default. */
  readonly parallelism?: Parallelism | undefined;
  /** The one engine to start; nothing else is tried, and nothing fetched for another. */
  readonly engine?: EngineName | undefined;
  /** The engine that a run was begun on: it is tried first, others only where it can't be had. */
  readonly begunOn?: EngineName | undefined;
  /** What is to be trained, which decides how much slower an engine is; `conv` by default. */
  readonly model?: ModelKind | undefined;
  /** Where WebGPU is looked for; Deno's own by default. */
  readonly gpu?: GpuSource | undefined;
  /** Told how far the fetching of libtensorflow is, where it has to be fetched. */
  readonly onDownload?: ((progress: LibraryProgress) => void) | undefined;
}

/** What was started. */
export interface StartedEngine {
  /** Which one. */
  readonly kind: EngineName;
  /** Such as `TensorFlow 2.21.0 (CPU)` or `tfjs 4.22.0 (wasm)`. */
  readonly name: string;
  /** Where it comes from, how much slower it is, and why no better one was taken. */
  readonly note: string;
  /** Whether it is TensorFlow. */
  readonly fast: boolean;
  /** In how many shards it computes a batch: those asked for on a CPU, 1 on anything else. */
  readonly shards: number;
}

/** An engine's name and origin, once it runs. */
type Started = Pick<StartedEngine, "name"> & { readonly origin?: string; readonly shards?: number };

/** What there is no engine for: the reason, for a person. */
class NotHere extends Error {}

/**
 * Starts the best engine that can be had, in the order of {@linkcode ENGINES}, or the one that is asked for.
 *
 * @param options what is asked for, and where to look
 * @throws {LatentboardError} `unavailable` when the engine that is asked for can't be had
 */
export async function startEngine(options: EngineOptions): Promise<StartedEngine> {
  const { engine: forced, begunOn, model = "conv" } = options;
  const first = forced ?? begunOn;
  const order = forced !== undefined
    ? [forced]
    : begunOn !== undefined
    ? [begunOn, ...ENGINES.filter((name) => name !== begunOn)]
    : ENGINES;
  const passed: string[] = [];
  for (const kind of order) {
    try {
      const { name, origin, shards = 1 } = await start(kind, options, kind === first);
      return {
        kind,
        name,
        note: noteOf({ kind, origin, passed, forced, begunOn, model }),
        fast: kind === "tensorflow",
        shards,
      };
    } catch (error) {
      if (!(error instanceof NotHere)) throw error;
      passed.push(`${kind}: ${error.message}`);
    }
  }
  throw new LatentboardError(
    "unavailable",
    `Cannot train on ${passed.join("; ")}; leave --engine out to take the best that can be had, ` +
      "and see deno task doctor for what is missing",
    { field: "engine" },
  );
}

async function start(kind: EngineName, options: EngineOptions, wanted: boolean): Promise<Started> {
  if (kind === "tensorflow") return await tensorflow(options);
  tf.enableProdMode(); // or tfjs advertises the very backend that is missing
  try {
    if (kind === "webgpu") return await webgpu(options.gpu, wanted);
    if (kind === "wasm") await startWasm();
    else await tf.setBackend("cpu");
  } catch (error) {
    if (error instanceof NotHere || kind === "cpu") throw error;
    throw new NotHere((error as Error).message, { cause: error });
  }
  return { name: tfjs(kind) };
}

async function tensorflow(options: EngineOptions): Promise<Started> {
  const { home, tensorflow: folder, parallelism, begunOn, onDownload } = options;
  const { shards = 1, intraOpThreads, interOpThreads } = parallelism ?? {};
  try {
    const engine = await startTensorFlow({
      cache: join(home, "cache", "tensorflow"),
      download: begunOn === undefined || begunOn === "tensorflow", // a run on another engine may never have wanted it
      ...(folder === undefined ? {} : { folder }),
      ...(intraOpThreads === undefined ? {} : { intraOpThreads }),
      ...(interOpThreads === undefined ? {} : { interOpThreads }),
      ...(onDownload === undefined ? {} : { report: onDownload }),
    });
    const { source, folder: where } = engine.origin;
    if (tf.getBackend() !== "tensorflow") await tf.setBackend("tensorflow");
    return {
      name: `TensorFlow ${engine.version} (${engine.device})`,
      origin: `${source}: ${where}`,
      shards: engine.device === "CPU" ? shards : 1,
    };
  } catch (error) {
    if (!(error instanceof LibraryUnavailableError)) throw error;
    const where = folder === undefined ? "" : "LATENTBOARD_TENSORFLOW: ";
    throw new NotHere(`there is no libtensorflow (${where}${error.tried.join("; ")})`, { cause: error });
  }
}

/** @param wanted whether a program that passes for a graphics card will do */
async function webgpu(gpu: GpuSource | undefined, wanted: boolean): Promise<Started> {
  const { real, detail } = await examineAdapter(gpu);
  if (!real && !wanted) throw new NotHere(`${detail}, wasm is quicker`);
  await startWebGpu();
  return { name: tfjs("webgpu"), origin: detail };
}

function tfjs(backend: EngineName): string {
  return `tfjs ${tf.version.tfjs} (${backend})`;
}

interface NoteParts {
  readonly kind: EngineName;
  readonly origin: string | undefined;
  readonly passed: readonly string[];
  readonly forced: EngineName | undefined;
  readonly begunOn: EngineName | undefined;
  readonly model: ModelKind;
}

function noteOf({ kind, origin, passed, forced, begunOn, model }: NoteParts): string {
  const why = forced !== undefined
    ? "as --engine asks"
    : kind === begunOn && kind !== "tensorflow"
    ? "as the run was begun; --engine changes it"
    : begunOn !== undefined && kind !== begunOn
    ? `where the run was begun on ${begunOn}`
    : undefined;
  const head = [origin, why, describeSlowdown(kind, model)].filter((part) => part !== undefined).join(", ");
  if (passed.length === 0) return head;
  const remedy = "deno task doctor names the command that installs what is missing";
  return [head, ...passed.map((line) => `  - ${line}`), remedy].join("\n");
}
