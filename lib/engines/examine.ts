/** Tries each engine that needs no library. */
import * as tf from "@tensorflow/tfjs";
import type { EngineName } from "./names.ts";
import { startWasm } from "./wasm.ts";
import { examineAdapter, type GpuSource, startWebGpu } from "./webgpu.ts";

/** Whether an engine works on this machine. */
export interface EngineReport {
  /** Which. */
  readonly engine: EngineName;
  /** Whether training takes it where nothing better is available. */
  readonly usable: boolean;
  /** What it is, or why it can't be used. */
  readonly detail: string;
}

/**
 * Computes a gradient on webgpu, wasm and cpu.
 *
 * @param gpu WebGPU; Deno's own by default
 * @returns the best first
 */
export async function examineFallbacks(gpu?: GpuSource): Promise<EngineReport[]> {
  tf.enableProdMode();
  const { real, detail } = await examineAdapter(gpu);
  return [
    real ? await tryOut("webgpu", startWebGpu, detail) : { engine: "webgpu", usable: false, detail },
    await tryOut("wasm", startWasm, "XNNPACK in WebAssembly"),
    await tryOut("cpu", () => tf.setBackend("cpu"), "plain JavaScript"),
  ];
}

async function tryOut(engine: EngineName, start: () => Promise<unknown>, detail: string): Promise<EngineReport> {
  try {
    await start();
    const gradient = tf.tidy(() => {
      const image = tf.ones<tf.Rank.R4>([1, 4, 4, 1]);
      return tf.grad((filter) => tf.conv2d(image, filter as tf.Tensor4D, 1, "valid"))(tf.ones([3, 3, 1, 2]));
    });
    const values = await gradient.data();
    gradient.dispose();
    if (values.every((value) => value === 4)) return { engine, usable: true, detail };
    return { engine, usable: false, detail: `${detail} gives a wrong gradient` };
  } catch (error) {
    return { engine, usable: false, detail: (error as Error).message };
  }
}
