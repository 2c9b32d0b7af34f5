/** The webgpu engine: any graphics card that Deno's WebGPU finds, with no library to install. */
import * as tf from "@tensorflow/tfjs";
import { registerWebGpuKernels } from "./webgpu_kernels.ts";

/** What is asked of WebGPU; tests hand in one of their own. */
export interface GpuSource {
  /** The adapter that Deno would take, or null. */
  requestAdapter(): Promise<unknown>;
}

/** What an adapter is. */
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

/** Programs that pass for a graphics card: slower than wasm on the same processor. */
const SOFTWARE = /llvmpipe|lavapipe|swiftshader|softpipe|software|basic render/i;

/**
 * Tells whether there is a graphics card for WebGPU.
 *
 * @param gpu WebGPU; Deno's own by default
 */
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
 * Makes webgpu the backend of tfjs. A computation that the device refuses ends the process: its result would be
 * whatever lay in memory.
 *
 * @throws {Error} when there is no adapter or its device can't be had
 */
export async function startWebGpu(): Promise<void> {
  await import("@tensorflow/tfjs-backend-webgpu");
  if (!await tf.setBackend("webgpu")) throw new Error("tfjs's webgpu backend can't be started");
  if (ready) return;
  ready = true;
  registerWebGpuKernels();
  const { device } = tf.backend() as unknown as { device: EventTarget };
  device.addEventListener("uncapturederror", (event) => reportError((event as Event & { error: unknown }).error));
}

function denoGpu(): GpuSource | undefined {
  return (navigator as { gpu?: GpuSource }).gpu;
}
