/** The same model, pictures and seed on every engine: the same losses, and a published model. */
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import { startWasm } from "../../lib/engines/wasm.ts";
import { type PipelineEvent, resumeRun, trainModel } from "../../lib/pipeline/mod.ts";
import { parseConfig } from "../../lib/vae/mod.ts";
import { ignore as noTensorFlow } from "../tensorflow/_engine.ts";
import { COMMON, DATA, epochLosses, MODELS, smallSample } from "./_epoch.ts";

type Model = keyof typeof MODELS;

const expected: Partial<Record<Model, number[]>> = {};

/** Holds losses to those of cpu. */
function assertAgrees(model: Model, losses: readonly number[]): void {
  assertEquals(losses.length, expected[model]!.length);
  for (const [i, value] of expected[model]!.entries()) {
    assert(Math.abs(losses[i]! - value) <= 1e-3 * Math.abs(value), `number ${i}: ${losses[i]} is not ${value}`);
  }
}

/** Trains on a backend of this process. */
async function lossesOn(start: () => Promise<unknown>, model: Model): Promise<number[]> {
  await start();
  try {
    return await epochLosses(await smallSample(), MODELS[model]);
  } finally {
    await tf.setBackend("cpu");
  }
}

/** Trains on webgpu in a process of its own. */
async function webgpuLosses(model: Model): Promise<number[]> {
  const child = new URL("_webgpu_child.ts", import.meta.url).pathname;
  const args = ["run", "-A", "--quiet", "--no-lock", child, model];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

for (const model of ["mlp", "conv"] as const) {
  Deno.test(`cpu trains a small ${model} on the shipped sample`, async () => {
    const losses = await lossesOn(() => tf.setBackend("cpu"), model);
    assertEquals(losses.length, 3 * 5 + 3);
    assert(losses.at(-3)! < losses[0]!, "an epoch lowers the loss");
    expected[model] = losses;
  });

  Deno.test(`wasm gives the losses of cpu over an epoch of a small ${model}, to a thousandth`, async () => {
    assertAgrees(model, await lossesOn(startWasm, model));
  });

  Deno.test({
    name: `tensorflow gives the losses of cpu over an epoch of a small ${model}, to a thousandth`,
    ignore: noTensorFlow,
    fn: async () => assertAgrees(model, await lossesOn(() => tf.setBackend("tensorflow"), model)),
  });
}

const noAdapter = !await hasAdapter();
for (const model of ["mlp", "conv"] as const) {
  Deno.test({
    name: `webgpu gives the losses of cpu over an epoch of a small ${model}, to a thousandth`,
    ignore: noAdapter,
    fn: async () => assertAgrees(model, await webgpuLosses(model)),
  });
}

/** Asks in a process of its own, as the answer loads the adapter's driver. */
async function hasAdapter(): Promise<boolean> {
  const code = "console.log(await navigator.gpu?.requestAdapter().catch(() => null) ? 'yes' : 'no')";
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code], stderr: "null" }).output();
  return new TextDecoder().decode(stdout).trim() === "yes";
}

Deno.test("wasm trains a convolution from the sample to a published model, stops, and is gone on with", async () => {
  const home = await Deno.makeTempDir();
  const config = parseConfig({
    ...COMMON,
    ...MODELS.conv,
    name: "small",
    data: { source: "sample", classes: ["Sandal"] },
    batchSize: 256,
  });
  const said: string[] = [];
  const stop = new AbortController();
  const onEvent = (event: PipelineEvent) => {
    if (event.type === "stage") said.push(event.message);
    if (event.type === "step") stop.abort();
  };
  const options = { places: { home, models: `${home}/models`, data: DATA, tensorflow: home }, onEvent };
  try {
    const { run, outcome } = await trainModel(config, { ...options, engine: "wasm", signal: stop.signal });
    assertEquals([outcome.status, outcome.steps], ["interrupted", 1]);
    const { model } = await resumeRun(run, options);
    assertEquals(model?.certificate.engine, "tfjs 4.22.0 (wasm)");
    const told = said.filter((message) => message.startsWith("Training on"));
    assertEquals(told.length, 2);
    assertStringIncludes(told[0]!, "Training on tfjs 4.22.0 (wasm), as --engine asks");
    assertStringIncludes(told[1]!, "Training on tfjs 4.22.0 (wasm), as the run was begun");
  } finally {
    await tf.setBackend("cpu");
    await Deno.remove(home, { recursive: true });
  }
});
