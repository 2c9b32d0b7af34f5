import { assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import * as tf from "@tensorflow/tfjs";
import { createStep, type Tensor } from "../../lib/tensorflow/mod.ts";
import { makeVariable, readVariable } from "../../lib/training/variables.ts";
import {
  applyEma,
  applyUpdate,
  clipByGlobalNorm,
  emaBlend,
  globalNorm,
  slotNames,
  updateScalars,
} from "../../lib/training/optimizers.ts";
import { scheduleFactor } from "../../lib/training/schedules.ts";
import { type ConfigValues, type OptimizerConfig, parseConfig } from "../../lib/vae/mod.ts";
import { onEngines } from "./_engines.ts";

type Flat = Record<string, number[]>;

interface Reference {
  steps: number;
  shapes: Flat;
  initial: Flat;
  gradients: Flat[];
  cases: {
    name: string;
    optimizer: ConfigValues;
    learningRate: number;
    cosine: boolean;
    clipNorm: number | null;
    trace: { step: number; weights: Flat }[];
  }[];
}

/** What PyTorch did; made by reference/optimizers.py. */
const reference: Reference = JSON.parse(
  await Deno.readTextFile(new URL("reference/optimizers.json", import.meta.url)),
);
const names = Object.keys(reference.shapes);

/** One update of all weights as a step function, as training has it. */
function updateStep(optimizer: OptimizerConfig, clipNorm: number | null, eager: boolean) {
  const variable = (name: string, data: Float32Array) => makeVariable(name, { shape: reference.shapes[name]!, data });
  const weights = names.map((name) => variable(name, Float32Array.from(reference.initial[name]!)));
  const slots = names.map((name) =>
    slotNames(optimizer).map(() => variable(name, new Float32Array(reference.initial[name]!.length)))
  );
  const inputs = Object.fromEntries([
    ...names.map((name) => [name, { shape: reference.shapes[name]!, dtype: "float32" as const }]),
    ["scalars", { shape: [3], dtype: "float32" as const }],
  ]);
  const step = createStep({
    name: "update",
    inputs,
    body: (given) => {
      const [rate, epsilon, weightDecay] = tf.split(given.scalars!, 3).map((part) => part.reshape([])) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      let gradients = names.map((name) => given[name]!);
      if (clipNorm !== null) gradients = clipByGlobalNorm(gradients, globalNorm(gradients), tf.scalar(clipNorm));
      for (const [index, weight] of weights.entries()) {
        applyUpdate(optimizer, weight, slots[index]!, { rate, epsilon, weightDecay }, gradients[index]!);
      }
      return { done: tf.scalar(1) };
    },
  }, { capture: !eager });
  return { step, weights, slots };
}

for (const { name, optimizer: values, learningRate, cosine, clipNorm, trace } of reference.cases) {
  onEngines(`applyUpdate() equals PyTorch: ${name}`, async ({ eager }) => {
    const { optimizer, schedule } = parseConfig({
      optimizer: values,
      schedule: { kind: cosine ? "cosine" : "constant" },
    });
    const { step, weights, slots } = updateStep(optimizer, clipNorm, eager);
    for (let index = 0; index < reference.steps; index++) {
      const rate = learningRate * scheduleFactor(schedule, { step: index, totalSteps: reference.steps });
      const { rate: corrected, epsilon, weightDecay } = updateScalars(optimizer, rate, index);
      const gradients = Object.fromEntries(
        names.map((weight) => [weight, Float32Array.from(reference.gradients[index]![weight]!)]),
      );
      const { done } = step.run({ ...gradients, scalars: Float32Array.of(corrected, epsilon, weightDecay) });
      done!.dispose();
      const expected = trace.find((point) => point.step === index);
      if (expected === undefined) continue;
      for (const [at, weight] of weights.entries()) {
        const values = (await readVariable(weight)).data;
        for (const [i, value] of expected.weights[names[at]!]!.entries()) {
          assertAlmostEquals(
            values[i]!,
            value,
            5e-6 * Math.max(1, Math.abs(value)),
            `${names[at]}[${i}] step ${index}`,
          );
        }
      }
    }
    step.dispose();
    for (const variable of [...weights, ...slots.flat()]) variable.dispose();
  });
}

onEngines("clipByGlobalNorm() scales by the norm of all gradients and leaves small ones alone", () => {
  tf.tidy(() => {
    const gradients = [tf.tensor1d([3]), tf.tensor2d([[0, 4]])];
    const norm = globalNorm(gradients);
    assertAlmostEquals(norm.dataSync()[0]!, 5, 1e-6);
    const clipped = clipByGlobalNorm(gradients, norm, tf.scalar(1)).map((gradient) => [...gradient.dataSync()]);
    assertAlmostEquals(clipped[0]![0]!, 0.6, 1e-6);
    assertAlmostEquals(clipped[1]![1]!, 0.8, 1e-6);
    const untouched = clipByGlobalNorm(gradients, norm, tf.scalar(10)).map((gradient) => [...gradient.dataSync()]);
    assertEquals(untouched, [[3], [0, 4]]);
  });
});

onEngines("applyEma() moves the EMA by the blend, computed by hand", async () => {
  const ema = makeVariable("ema", { shape: [2], data: Float32Array.of(1, -1) });
  const weight = makeVariable("weight", { shape: [2], data: Float32Array.of(3, 1) });
  tf.tidy(() => applyEma(ema, weight, tf.scalar(0.25)));
  assertEquals([...(await readVariable(ema)).data], [1.5, -0.5]);
  ema.dispose();
  weight.dispose();
});

Deno.test("emaBlend() forgets the first weights soon and ends at 1 - decay", () => {
  assertAlmostEquals(emaBlend(0.999, 0), 0.9);
  assertAlmostEquals(emaBlend(0.999, 90), 1 - 91 / 100);
  assertAlmostEquals(emaBlend(0.999, 1_000_000), 0.001);
  assertAlmostEquals(emaBlend(0.3, 3), 0.7);
});
