/** Starts TensorFlow and makes it the backend of tfjs. */
import * as tf from "@tensorflow/tfjs";
import { Binding } from "./binding.ts";
import type { ContextOptions } from "../ffi/config_proto.ts";
import { createContext } from "../ffi/context.ts";
import { TensorFlowEngine } from "./engine.ts";
import { KernelBackend } from "./kernel_backend.ts";
import { type LibraryOptions, useLibrary } from "../library/find.ts";
import { withoutStderr } from "../libc.ts";
import { Native } from "../ffi/native.ts";

/** The name of the backend in tfjs. */
const BACKEND = "tensorflow";

/** Above every backend that tfjs brings itself. */
const PRIORITY = 10;

/** How to start TensorFlow. */
export interface StartOptions extends LibraryOptions, ContextOptions {
  /** Which messages TensorFlow may write: 0 all, 1 warnings, 2 errors (the default), 3 none. */
  readonly logLevel?: 0 | 1 | 2 | 3;
}

let started: Promise<TensorFlowEngine> | null = null;
let engine: TensorFlowEngine | null = null;

/**
 * Starts TensorFlow and makes it the backend of tfjs. Later calls return the engine that runs
 * already, whatever their options are: a process can have one context only.
 *
 * @throws {LibraryUnavailableError} No usable libtensorflow can be had.
 * @throws {TensorFlowError} TensorFlow refuses the options.
 * @throws {RangeError} A thread count is out of range.
 */
export function startTensorFlow(
  options: StartOptions,
): Promise<TensorFlowEngine> {
  started ??= start(options).catch((error) => {
    started = null;
    throw error;
  });
  return started;
}

/** The engine, while it is started and tfjs's backend in use; null otherwise. */
export function activeEngine(): TensorFlowEngine | null {
  return engine && tf.getBackend() === BACKEND ? engine : null;
}

async function start(options: StartOptions): Promise<TensorFlowEngine> {
  const logLevel = options.logLevel ?? 2;
  Deno.env.set("TF_CPP_MIN_LOG_LEVEL", String(logLevel));
  const { native, library } = await useLibrary(options, (library) => {
    const open = () => new Native(library.files, library.preload);
    return { native: logLevel > 0 ? withoutStderr(open) : open(), library };
  });
  const binding = new Binding(native, createContext(native, options));
  const backend = new KernelBackend(binding);
  tf.registerBackend(BACKEND, () => backend, PRIORITY);
  await tf.setBackend(BACKEND);
  const { source, folder } = library;
  engine = new TensorFlowEngine(tf, binding, backend, { source, folder });
  return engine;
}
