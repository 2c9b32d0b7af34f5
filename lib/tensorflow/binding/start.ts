/** Starts TensorFlow and makes it the backend of tfjs. */
import * as tf from "@tensorflow/tfjs";
import { type Context, type ContextOptions, createContext } from "../ffi/context.ts";
import { TensorFlowError } from "../errors.ts";
import { Native } from "../ffi/native.ts";
import { withoutStderr } from "../libc.ts";
import { type LibraryOptions, type TensorFlowLibrary, useLibrary } from "../library/find.ts";
import { describeMissingCuda, TENSORFLOW_CUDA } from "../library/gpu.ts";
import { thisSystem } from "../library/system.ts";
import { reserveCuda } from "../nvidia.ts";
import { Binding } from "./binding.ts";
import { BACKEND, type Placement, setEngine, TensorFlowEngine } from "./engine.ts";
import { KernelBackend } from "./kernel_backend.ts";

/** Above every backend that tfjs brings itself. */
const PRIORITY = 10;

/** How to start TensorFlow. */
export interface StartOptions extends LibraryOptions, Omit<ContextOptions, "gpu"> {
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
  const { native, library } = await useLibrary(options, (library) => {
    const open = () => new Native(library.files, library.gpu.use ? library.preload : []);
    return { native: logLevel > 0 ? withoutStderr(open) : open(), library };
  });
  const { context, placement } = place(native, library, options);
  const backend = new KernelBackend(new Binding(native, context));
  tf.registerBackend(BACKEND, () => backend, PRIORITY);
  await tf.setBackend(BACKEND);
  const { source, folder } = library;
  const engine = new TensorFlowEngine(backend, { source, folder }, placement);
  engine.useTensorFloat32(false);
  setEngine(engine);
  return engine;
}

/** Creates the context on the card that was chosen; on the processor where that fails, and says why. */
function place(
  native: Native,
  { gpu }: TensorFlowLibrary,
  options: StartOptions,
): { context: Context; placement: Placement } {
  const onProcessor = (fault: string | undefined) => ({
    context: createContext(native, { ...options, gpu: "none" }),
    placement: { device: "CPU", fault } as const,
  });
  if (!gpu.use) return onProcessor(gpu.fault);
  if (!reserveCuda(TENSORFLOW_CUDA)) return onProcessor("this process has opened another release of CUDA");
  try {
    const context = createContext(native, { ...options, gpu: gpu.index });
    const { index, card } = gpu;
    if (context.device === "GPU") return { context, placement: { device: "GPU", index, card } };
    return { context, placement: { device: "CPU", fault: describeMissingCuda(thisSystem) } };
  } catch (error) {
    if (!(error instanceof TensorFlowError)) throw error;
    return onProcessor(`${gpu.card.name} can't be started: ${error.message}; see what nvidia-smi says of it`);
  }
}
