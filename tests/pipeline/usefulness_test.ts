import { assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import { judgeModel } from "../../lib/pipeline/usefulness.ts";
import type { EpochRecord } from "../../lib/training/mod.ts";

/** Two pictures of four pixels; their mean is 0.5 everywhere, its squared error 0.25. */
const pictures = Uint8Array.of(0, 255, 0, 255, 255, 0, 255, 0);
const inverted = Float32Array.from(pictures, (value) => 1 - value / 255);
const exact = Float32Array.from(pictures, (value) => value / 255);

function historyOf(...losses: number[]): EpochRecord[] {
  return losses.map((loss, i) => ({
    epoch: i + 1,
    step: i + 1,
    learningRate: 1,
    beta: 1,
    train: { loss, reconstruction: loss, kl: 0 },
    validation: { loss, reconstruction: loss, kl: 0, activeUnits: 1 },
    seconds: 1,
    imagesPerSecond: 1,
  }));
}

const plain = { pictures, count: 2, reconstruction: 2, kl: 1, beta: 1, history: historyOf(3, 4) };

Deno.test("judgeModel() has nothing to say of a model that is better than the mean picture, or equals it", () => {
  assertEquals(judgeModel({ ...plain, reconstructions: exact }), undefined);
  assertEquals(judgeModel({ ...plain, reconstructions: new Float32Array(8).fill(0.5) }), undefined);
});

Deno.test("judgeModel() finds a model worse than the mean picture, and tells one that was still improving apart", () => {
  const worse = judgeModel({ ...plain, reconstructions: inverted });
  assertEquals(worse?.improving, false);
  assertStringIncludes(worse!.fault, "the squared error of a pixel is 1.0, that of the mean 0.25");
  assertEquals(judgeModel({ ...plain, reconstructions: inverted, history: historyOf(4, 3) })?.improving, true);
  assertEquals(judgeModel({ ...plain, reconstructions: inverted, history: historyOf(4) })?.improving, true);
});

Deno.test("judgeModel() never calls a loss improving that costs more than the bare pixels", () => {
  const diverged = { ...plain, reconstructions: inverted, reconstruction: 4e29, history: historyOf(5e29, 4e29) };
  assertEquals(judgeModel(diverged)?.improving, false);
});

Deno.test("judgeModel() finds latents that cost more than the bare pixels, where the KL divergence counts", () => {
  const wasteful = { ...plain, reconstructions: exact, kl: 1e9 };
  assertStringIncludes(judgeModel(wasteful)!.fault, "its latents cost 1.0e+9 nats per picture, the bare pixels 22");
  assertEquals(judgeModel({ ...wasteful, beta: 0 }), undefined);
});
