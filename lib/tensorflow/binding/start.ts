/** Starts TensorFlow and makes it the backend of tfjs. */
import * as tf from "@tensorflow/tfjs";
import { type ContextOptions, createContext } from "../ffi/context.ts";
import { Native } from "../ffi/native.ts";
import { withoutStderr } from "../libc.ts";
import { type LibraryOptions, useLibrary } from "../library/find.ts";
import { Binding } from "./binding.ts";
import { BACKEND, setEngine, TensorFlowEngine } from "./engine.ts";
import { KernelBackend } from "./kernel_backend.ts";

/** Above every backend that tfjs brings itself. */
const PRIORITY = 10;

/** How to start TensorFlow. */
export interface StartOptions extends LibraryOptions, ContextOptions {
  /** Which messages TensorFlow may write: 0 all, 1 warnings, 2 errors (the default), 3 none. */
  readonly logLevel?: 0 | 1 | 2 | 3;
}

let starting: Promise<TensorFlowEngine> | null = null;

/**
 * Starts TensorFlow and makes it the backend of tfjs. Later calls return the engine that runs already, whatever their
 * options are: a process can have one context only.
 *
 * @throws {LibraryUnavailableError} There is no usable libtensorflow, and none can be fetched.
 * @throws {TensorFlowError} TensorFlow refuses the options.
 * @throws {RangeError} A thread count is out of range.
 */
export function startTensorFlow(options: StartOptions): Promise<TensorFlowEngine> {
  starting ??= start(options).catch((error) => {
    starting = null;
    throw error;
  });
  return starting;
}

async function start(options: StartOptions): Promise<TensorFlowEngine> {
  const { logLevel = 2 } = options;
  Deno.env.set("TF_CPP_MIN_LOG_LEVEL", String(logLevel));
  const { native, origin } = await useLibrary(options, ({ files, preload, source, folder }) => {
    const open = () => new Native(files, preload);
    return { native: logLevel > 0 ? withoutStderr(open) : open(), origin: { source, folder } };
  });
  const backend = new KernelBackend(new Binding(native, createContext(native, options)));
  tf.registerBackend(BACKEND, () => backend, PRIORITY);
  await tf.setBackend(BACKEND);
  const engine = new TensorFlowEngine(backend, origin);
  setEngine(engine);
  return engine;
}
