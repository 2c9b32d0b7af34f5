/** Starts TensorFlow and makes it the backend of tfjs. */
import * as tf from "@tensorflow/tfjs";
import { type Context, type ContextOptions, createContext } from "../ffi/context.ts";
import { LibraryUnavailableError, TensorFlowError } from "../errors.ts";
import { Native } from "../ffi/native.ts";
import { pinLibrary, withoutStderr } from "../libc.ts";
import { cudaFault } from "../library/cuda_runtime.ts";
import { type LibraryOptions, type TensorFlowLibrary, useLibrary } from "../library/find.ts";
import { type GpuVerdict, missingCuda, TENSORFLOW_CUDA } from "../library/gpu.ts";
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
  const { native, library, gpu } = await useLibrary(options, (library) => {
    const gpu = openCuda(library);
    const open = () => new Native(library.files);
    return { native: logLevel > 0 ? withoutStderr(open) : open(), library, gpu };
  });
  const { context, placement } = place(native, gpu, options);
  const backend = new KernelBackend(new Binding(native, context));
  tf.registerBackend(BACKEND, () => backend, PRIORITY);
  await tf.setBackend(BACKEND);
  const { source, folder } = library;
  const engine = new TensorFlowEngine(backend, { source, folder }, placement);
  engine.useTensorFloat32(false);
  setEngine(engine);
  return engine;
}

/**
 * Opens CUDA's libraries, and takes the processor where one is missing or the card can't be used: TensorFlow ends the
 * process, or fails as a whole, when it comes upon either itself.
 */
function openCuda({ gpu, preload }: TensorFlowLibrary): GpuVerdict {
  if (!gpu.use) return gpu;
  if (!reserveCuda(TENSORFLOW_CUDA)) return { use: false, fault: "this process has opened another release of CUDA" };
  const words = cudaFault(preload, gpu.index);
  if (words !== undefined) {
    return {
      use: false,
      fault: `${gpu.card.name} can't be started, CUDA says "${words}": see what nvidia-smi says of it`,
    };
  }
  preload.forEach(pinLibrary);
  const fault = missingCuda(thisSystem);
  return fault === undefined ? gpu : { use: false, fault };
}

/** Creates the context on the card that was chosen; on the processor where there is none, and says why. */
function place(
  native: Native,
  gpu: GpuVerdict,
  options: StartOptions,
): { context: Context; placement: Placement } {
  if (!gpu.use) {
    const context = createContext(native, { ...options, gpu: "none" });
    return { context, placement: { device: "CPU", fault: gpu.fault } };
  }
  const { index, card } = gpu;
  const context = createOnCard(native, { ...options, gpu: index }, card.name);
  if (context.device === "GPU") return { context, placement: { device: "GPU", index, card } };
  const fault = "TensorFlow does not accept the card: it may be older than TensorFlow's release needs";
  return { context, placement: { device: "CPU", fault } };
}

function createOnCard(native: Native, options: ContextOptions, card: string): Context {
  try {
    return createContext(native, options);
  } catch (cause) {
    if (!(cause instanceof TensorFlowError)) throw cause;
    const detail = `${card}: ${cause.message}; --device cpu leaves the card alone`;
    throw new LibraryUnavailableError("Cannot start TensorFlow on the card", [detail], { cause });
  }
}
