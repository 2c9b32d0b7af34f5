import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import { MetricsBuffer } from "../../lib/pipeline/metrics_buffer.ts";
import { OverfittingWatch } from "../../lib/pipeline/overfitting.ts";
import type { EpochRecord, NewRunEvent, StepEvent } from "../../lib/training/mod.ts";

function epoch(number: number, train: number, validation: number): EpochRecord {
  const parts = { reconstruction: 0, kl: 0 };
  return {
    epoch: number,
    step: number,
    learningRate: 1e-3,
    beta: 1,
    train: { loss: train, ...parts },
    validation: { loss: validation, ...parts, activeUnits: 2 },
    seconds: 1,
    imagesPerSecond: 1,
  };
}

/** What is said after each epoch of `[training loss, held-out loss]`. */
function watch(losses: readonly (readonly [number, number])[]): (string | undefined)[] {
  const overfitting = new OverfittingWatch();
  return losses.map(([train, validation], i) => overfitting.add(epoch(i + 1, train, validation)));
}

Deno.test("OverfittingWatch speaks once when held-out pictures have got worse for three epochs while training got better", () => {
  const said = watch([[100, 100], [90, 95], [80, 97], [70, 98], [60, 99], [50, 100]]);
  assertEquals(said.map((text) => text !== undefined), [false, false, false, false, true, false]);
  assertStringIncludes(said[4]!, "after epoch 2");
});

Deno.test("OverfittingWatch is silent while the loss only wavers, or training gets worse too", () => {
  const silent = (losses: readonly (readonly [number, number])[]) =>
    assert(watch(losses).every((text) => text === undefined));
  silent([[100, 100], [90, 95], [80, 95.1], [70, 95.2], [60, 95.3], [50, 95.4]]);
  silent([[100, 100], [90, 95], [80, 97], [70, 94], [60, 96], [50, 97]]);
  silent([[100, 100], [90, 95], [95, 97], [96, 98], [97, 99], [98, 100]]);
});

function step(number: number, loss: number): StepEvent {
  return {
    type: "step",
    epoch: 1,
    epochs: 1,
    step: number,
    batch: number,
    batches: 5000,
    loss: 0,
    reconstruction: 0,
    kl: 0,
    metrics: { loss, reconstruction: 1, kl: 2, gradientNorm: 0 },
    learningRate: 1e-3,
    beta: 1,
    imagesPerSecond: 100,
    secondsLeft: 9,
  };
}

Deno.test("MetricsBuffer keeps each of the first steps, and later means of quick ones, and loses none", () => {
  const events: NewRunEvent[] = [];
  const buffer = new MetricsBuffer((event) => events.push(event));
  for (let i = 1; i <= 4000; i++) buffer.add(step(i, i));
  buffer.flush();
  const metrics = events.filter((event) => event.type === "metrics");
  const steps = metrics.flatMap(({ step }) => step);
  const losses = metrics.flatMap(({ loss }) => loss);
  assertEquals(steps.slice(0, 2000), Array.from({ length: 2000 }, (_, i) => i + 1));
  assert(steps.length < 3000, `${steps.length} points`);
  assertEquals(steps.at(-1), 4000);
  let before = 2000;
  for (const [i, step] of steps.entries()) {
    if (step <= 2000) continue;
    assertAlmostEquals(losses[i]!, (before + 1 + step) / 2, 0.01); // the mean of the steps since the point before
    before = step;
  }
  buffer.flush();
  assertEquals(events.filter((event) => event.type === "metrics").length, metrics.length, "nothing is written twice");
});
