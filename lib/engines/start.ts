/** Starts an engine: the one that is asked for, or the best that this machine has. */
import * as tf from "@tensorflow/tfjs";
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import {
  type DeviceChoice,
  type LibraryProgress,
  LibraryUnavailableError,
  type Placement,
  startTensorFlow,
} from "../tensorflow/mod.ts";
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
  /** How TensorFlow uses threads; by default they share the work of each op. */
  readonly parallelism?: Parallelism | undefined;
  /** The one engine to start; nothing else is tried, and nothing fetched for another. */
  readonly engine?: EngineName | undefined;
  /** The engine that a run was begun on: it is tried first, others only where it is not available. */
  readonly begunOn?: EngineName | undefined;
  /** The processor, or a card for TensorFlow, which is then the only engine tried; a card where there is one by default. */
  readonly device?: DeviceChoice | undefined;
  /** What will be trained, on which an engine's slowdown depends; `conv` by default. */
  readonly model?: ModelKind | undefined;
  /** WebGPU; Deno's own by default. */
  readonly gpu?: GpuSource | undefined;
  /** Called while libtensorflow is fetched. */
  readonly onDownload?: ((progress: LibraryProgress) => void) | undefined;
  /** Stops the download. */
  readonly signal?: AbortSignal | undefined;
}

/** A running engine. */
export interface StartedEngine {
  /** Which one. */
  readonly kind: EngineName;
  /** Such as `TensorFlow 2.21.0 (CPU)` or `tfjs 4.22.0 (wasm)`. */
  readonly name: string;
  /** Where it comes from, how much slower it is, and why no better one was taken. */
  readonly note: string;
  /** In how many shards it computes a batch: those asked for on a CPU, 1 on anything else. */
  readonly shards: number;
}

/** An engine's name and origin, once it runs. */
type Started = Pick<StartedEngine, "name"> & { readonly origin?: string; readonly shards?: number };

/** An engine is not available; the message says why, for a person. */
class NotAvailable extends Error {}

/**
 * Starts the best engine that is available, in the order of {@linkcode ENGINES}, or the one that is asked for.
 *
 * @throws {LatentboardError} `unavailable` when the engine that is asked for is not available
 */
export async function startEngine(options: EngineOptions): Promise<StartedEngine> {
  const { begunOn } = options;
  const forced = options.engine ?? (onCard(options) ? "tensorflow" : undefined);
  const first = forced ?? begunOn;
  const engines = options.device === "cpu" ? ENGINES.filter((kind) => kind !== "webgpu") : ENGINES;
  const order = forced !== undefined ? [forced] : [...new Set([...(begunOn ? [begunOn] : []), ...engines])];
  const passed: string[] = [];
  for (const kind of order) {
    try {
      const { name, origin, shards = 1 } = await start(kind, options, kind === first);
      return { kind, name, note: noteOf(kind, origin, passed, options), shards };
    } catch (error) {
      if (!(error instanceof NotAvailable)) throw error;
      passed.push(`${kind}: ${error.message}`);
    }
  }
  throw new LatentboardError(
    "unavailable",
    `Cannot train on ${passed.join("; ")}; leave --${
      onCard(options) ? "device" : "engine"
    } out to take the best that ` +
      "can be had, and see deno task doctor for what is missing",
    { field: onCard(options) ? "device" : "engine" },
  );
}

function onCard({ device }: EngineOptions): boolean {
  return typeof device === "object";
}

/** @param wanted whether it was asked for: a software adapter for WebGPU will do then */
async function start(kind: EngineName, options: EngineOptions, wanted: boolean): Promise<Started> {
  if (kind === "tensorflow") return await tensorflow(options);
  tf.enableProdMode(); // or tfjs recommends the backend that was not available
  const name = `tfjs ${tf.version.tfjs} (${kind})`;
  if (kind === "cpu") {
    await tf.setBackend("cpu");
    return { name };
  }
  try {
    if (kind === "wasm") {
      await startWasm();
      return { name };
    }
    const { real, detail } = await examineAdapter(options.gpu);
    if (!real && !wanted) throw new NotAvailable(`${detail}, wasm is quicker`);
    await startWebGpu();
    return { name, origin: detail };
  } catch (error) {
    if (error instanceof NotAvailable) throw error;
    throw new NotAvailable((error as Error).message, { cause: error });
  }
}

async function tensorflow(options: EngineOptions): Promise<Started> {
  const { home, tensorflow: folder, parallelism, begunOn, onDownload } = options;
  const { shards = 1, intraOpThreads, interOpThreads } = parallelism ?? {};
  try {
    const engine = await startTensorFlow({
      cache: join(home, "cache", "tensorflow"),
      download: begunOn === undefined || begunOn === "tensorflow", // a run on another engine may never have wanted it
      folder,
      intraOpThreads,
      interOpThreads,
      report: onDownload,
      signal: options.signal,
      device: options.device,
    });
    const { placement } = engine;
    if (onCard(options) && placement.device === "CPU") {
      throw new NotAvailable(`it can't use the card (${placement.fault ?? "--device was cpu before in this process"})`);
    }
    if (tf.getBackend() !== "tensorflow") await tf.setBackend("tensorflow");
    return {
      name: `TensorFlow ${engine.version} (${engine.device})`,
      origin: [...describePlacement(placement), `${engine.origin.source}: ${engine.origin.folder}`].join(", "),
      shards: engine.device === "CPU" ? shards : 1,
    };
  } catch (error) {
    if (!(error instanceof LibraryUnavailableError)) throw error;
    const setting = folder === undefined ? "" : "LATENTBOARD_TENSORFLOW: ";
    throw new NotAvailable(`there is no libtensorflow (${setting}${error.tried.join("; ")})`, { cause: error });
  }
}

/** Where ops run, as far as it is worth saying. */
function describePlacement(placement: Placement): string[] {
  if (placement.device === "GPU") {
    const { index, card } = placement;
    return [`on gpu:${index} (${card.name}, ${(card.memory / 1e9).toFixed(0)} GB, taken as they are needed)`];
  }
  return placement.fault === undefined ? [] : [`not on a graphics card (${placement.fault})`];
}

function noteOf(
  kind: EngineName,
  origin: string | undefined,
  passed: readonly string[],
  options: EngineOptions,
): string {
  const { engine: forced, begunOn, model = "conv" } = options;
  const why = onCard(options)
    ? "as --device asks"
    : forced !== undefined
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
