/** Asks each engine that needs no library whether it can train here, without staying on it. */
import * as tf from "@tensorflow/tfjs";
import type { EngineName } from "./names.ts";
import { startWasm } from "./wasm.ts";
import { examineAdapter, type GpuSource, startWebGpu } from "./webgpu.ts";

/** What an engine is good for on this machine. */
export interface EngineReport {
  /** Which. */
  readonly engine: EngineName;
  /** Whether training takes it by itself where nothing better is there. */
  readonly usable: boolean;
  /** What it is, or why it can't be used. */
  readonly detail: string;
}

/**
 * Has webgpu, wasm and cpu compute a gradient.
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
      const filter = tf.ones([3, 3, 1, 2]);
      return tf.grad((filter) => tf.conv2d(tf.ones([1, 4, 4, 1]) as tf.Tensor4D, filter as tf.Tensor4D, 1, "valid"))(
        filter,
      );
    });
    const values = await gradient.data();
    gradient.dispose();
    if (values.every((value) => value === 4)) return { engine, usable: true, detail };
    return { engine, usable: false, detail: `${detail} gives a wrong gradient` };
  } catch (error) {
    return { engine, usable: false, detail: (error as Error).message };
  }
}
