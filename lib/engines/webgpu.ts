/** The webgpu engine: any graphics card that Deno's WebGPU finds, with no library to install. */
import * as tf from "@tensorflow/tfjs";

/** WebGPU; tests have one of their own. */
export interface GpuSource {
  /** The adapter that Deno would take, or null. */
  requestAdapter(): Promise<unknown>;
}

/** What is known of an adapter. */
export interface AdapterReport {
  /** Whether a graphics card is behind it. */
  readonly real: boolean;
  /** Its name, or why there is none. */
  readonly detail: string;
}

/** The part of WebGPU's GPUAdapterInfo that is read. */
interface AdapterInfo {
  readonly description?: string;
  readonly vendor?: string;
  readonly isFallbackAdapter?: boolean;
}

/** Software adapters, which are slower than wasm on the same processor. */
const SOFTWARE = /llvmpipe|lavapipe|swiftshader|softpipe|software|basic render/i;

/** Finds out whether WebGPU has a graphics card. */
export async function examineAdapter(gpu: GpuSource | undefined = denoGpu()): Promise<AdapterReport> {
  if (gpu === undefined) return { real: false, detail: "this Deno has no WebGPU" };
  const adapter = await gpu.requestAdapter().catch(() => null) as { info?: AdapterInfo } | null;
  if (adapter === null) return { real: false, detail: "there is no adapter" };
  const { description, vendor, isFallbackAdapter } = adapter.info ?? {};
  const name = description || vendor || "an adapter with no name";
  const real = isFallbackAdapter !== true && !SOFTWARE.test(`${description} ${vendor}`);
  return { real, detail: real ? name : `${name} is a program, not a graphics card` };
}

let ready = false;

/**
 * Makes webgpu the backend of tfjs. A computation that the device refuses ends the process: its result would be whatever
 * was in memory.
 *
 * @throws {Error} when there is no adapter or no device
 */
export async function startWebGpu(): Promise<void> {
  await import("@tensorflow/tfjs-backend-webgpu");
  if (!await tf.setBackend("webgpu")) throw new Error("tfjs's webgpu backend can't be started");
  if (ready) return;
  ready = true;
  registerKernels();
  const { device } = tf.backend() as unknown as { device: EventTarget };
  device.addEventListener("uncapturederror", (event) => reportError((event as Event & { error: unknown }).error));
}

function denoGpu(): GpuSource | undefined {
  return (navigator as { gpu?: GpuSource }).gpu;
}

/** Every WebGPU device binds at least eight storage buffers to a shader: seven terms and their sum. */
const MAX_TERMS = 7;

/**
 * Registers an AddN that adds in groups. tfjs's own binds all terms at once: beyond the device's limit the shader is
 * refused, nothing is computed, and the sum is whatever was in its buffer.
 */
function registerKernels(): void {
  const { kernelFunc: addN, ...config } = tf.getKernel("AddN", "webgpu");
  tf.unregisterKernel("AddN", "webgpu");
  tf.registerKernel({
    ...config,
    kernelFunc: (call) => {
      const terms = call.inputs as unknown as tf.Tensor[];
      if (terms.length <= MAX_TERMS) return addN(call);
      const groups: tf.Tensor[][] = [];
      for (let i = 0; i < terms.length; i += MAX_TERMS) groups.push(terms.slice(i, i + MAX_TERMS));
      return tf.tidy(() => tf.addN(groups.map((group) => tf.addN(group))));
    },
  });
}
