/** Which engine is taken, which is refused, and what is said about it. No test here opens a library or the network. */
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { examineFallbacks } from "../../lib/engines/examine.ts";
import { engineNameOf, ENGINES } from "../../lib/engines/names.ts";
import { describeSlowdown } from "../../lib/engines/speed.ts";
import { type EngineOptions, type StartedEngine, startEngine } from "../../lib/engines/start.ts";
import { examineAdapter, type GpuSource } from "../../lib/engines/webgpu.ts";

/** WebGPU whose adapter says this of itself. */
function gpu(info: Record<string, unknown> | null): GpuSource {
  return { requestAdapter: () => Promise.resolve(info && { info }) };
}

const NO_GPU = gpu(null);
const SOFTWARE = gpu({ description: "llvmpipe (LLVM 19.1.7, 256 bits)", isFallbackAdapter: true });

/** Starts an engine on a machine with an empty home and no libtensorflow. */
async function startWithout(options: Partial<EngineOptions>): Promise<StartedEngine & { readonly left: string[] }> {
  const home = await Deno.makeTempDir();
  try {
    const started = await startEngine({ home, tensorflow: home, gpu: NO_GPU, ...options });
    return { ...started, left: [...Deno.readDirSync(home)].map(({ name }) => name) };
  } finally {
    await tf.setBackend("cpu");
    await Deno.remove(home, { recursive: true });
  }
}

/** Registers a test that may neither reach the network, nor run programs, nor open libraries. */
function alone(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, permissions: { net: false, run: false, ffi: false, read: true, write: true, env: true } });
}

alone("startEngine() takes wasm where there is no library and no graphics card, and says why", async () => {
  const { kind, name, note } = await startWithout({ gpu: SOFTWARE, model: "mlp" });
  assertEquals([kind, name], ["wasm", "tfjs 4.22.0 (wasm)"]);
  assertStringIncludes(note, "times as long as with TensorFlow");
  assertStringIncludes(note, "- tensorflow: there is no libtensorflow (LATENTBOARD_TENSORFLOW:");
  assertStringIncludes(note, "- webgpu: llvmpipe (LLVM 19.1.7, 256 bits) is a program, not a graphics card");
  assertStringIncludes(note, "deno task doctor");
});

alone("startEngine() takes the engine that is asked for and nothing else, not even a look for a library", async () => {
  for (const engine of ["wasm", "cpu"] as const) {
    const home = "/nowhere";
    const { kind, note } = await startEngine({ home, engine });
    assertEquals([kind, tf.getBackend()], [engine, engine]);
    assertStringIncludes(note, "as --engine asks");
    assert(!note.includes("libtensorflow"), note);
  }
  await tf.setBackend("cpu");
});

alone("startEngine() refuses where the engine that is asked for can't be had", async () => {
  const error = await assertRejects(() => startWithout({ engine: "tensorflow" }), LatentboardError);
  assertEquals(error.kind, "unavailable");
  assertStringIncludes(error.message, "Cannot train on tensorflow: there is no libtensorflow");
  assertStringIncludes(error.message, "leave --engine out");
});

alone("startEngine() goes on with the engine that a run was begun on, and names it where it is gone", async () => {
  const same = await startWithout({ begunOn: "cpu" });
  assertEquals([same.kind, same.left], ["cpu", []]);
  assertStringIncludes(same.note, "as the run was begun; --engine changes it");
  const other = await startWithout({ begunOn: "tensorflow" });
  assertEquals(other.kind, "wasm");
  assertStringIncludes(other.note, "where the run was begun on tensorflow");
  assertStringIncludes(other.note, "- tensorflow: there is no libtensorflow");
});

alone("startEngine() fetches no library for a run that was begun without one", async () => {
  // No setting names a folder here, so all places are looked at; a download would need programs, which are refused.
  const { kind, left } = await startWithout({ begunOn: "wasm", tensorflow: undefined });
  assertEquals([kind, left], ["wasm", []]);
});

Deno.test("examineAdapter() tells graphics cards from programs that pass for one", async () => {
  const cases: [Record<string, unknown>, boolean][] = [
    [{ description: "NVIDIA H200" }, true],
    [{ description: "Apple M3", vendor: "apple" }, true],
    [{ description: "Intel(R) Iris(R) Xe Graphics", isFallbackAdapter: false }, true],
    [{ vendor: "amd" }, true],
    [{ description: "llvmpipe (LLVM 15.0.6, 256 bits)" }, false],
    [{ description: "SwiftShader Device (Subzero)" }, false],
    [{ description: "Microsoft Basic Render Driver" }, false],
    [{ description: "something new", isFallbackAdapter: true }, false],
  ];
  for (const [info, real] of cases) {
    const report = await examineAdapter(gpu(info));
    assertEquals(report.real, real, JSON.stringify(info));
    assertStringIncludes(report.detail, String(info.description ?? info.vendor));
  }
  assertEquals((await examineAdapter(NO_GPU)).real, false);
  assertEquals((await examineAdapter({ requestAdapter: () => Promise.reject(new Error("no driver")) })).real, false);
});

Deno.test("engineNameOf() takes the four names and refuses others by naming them", () => {
  assertEquals(ENGINES.map(engineNameOf), [...ENGINES]);
  assertEquals(engineNameOf(undefined), undefined);
  const error = assertThrows(() => engineNameOf("cuda"), LatentboardError);
  assertEquals(error.message, 'There is no engine "cuda": choose tensorflow, webgpu, wasm, cpu');
});

Deno.test("describeSlowdown() gives measured factors, and says where none was measured", () => {
  for (const model of ["conv", "mlp"] as const) {
    const factor = (engine: "wasm" | "cpu") =>
      Number(/about ([\d.]+) times/.exec(describeSlowdown(engine, model)!)![1]);
    assert(1 < factor("wasm") && factor("wasm") < factor("cpu"), model);
    assertStringIncludes(describeSlowdown("webgpu", model)!, "not known");
    assertEquals(describeSlowdown("tensorflow", model), undefined);
  }
});

Deno.test("examineFallbacks() has each fall-back compute a gradient, and leaves software adapters out", async () => {
  try {
    const reports = await examineFallbacks(SOFTWARE);
    assertEquals(reports.map(({ engine, usable }) => [engine, usable]), [["webgpu", false], ["wasm", true], [
      "cpu",
      true,
    ]]);
  } finally {
    await tf.setBackend("cpu");
  }
});
