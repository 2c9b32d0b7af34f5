import { assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { parseConfig } from "../../lib/vae/config.ts";
import { betaAt } from "../../lib/vae/warmup.ts";

const at = (step: number, beta: number, warmup: Record<string, unknown> = {}) =>
  betaAt(parseConfig({ objective: { beta, warmup } }).objective, { step, stepsPerEpoch: 10 });

Deno.test("betaAt() is the full beta without warm-up", () => {
  assertEquals([at(0, 4), at(1000, 4)], [4, 4]);
});

Deno.test("betaAt() rises linearly from 0 over the warm-up's epochs and stays", () => {
  const warmup = { kind: "linear", epochs: 2 };
  assertEquals([0, 5, 10, 20, 99].map((step) => at(step, 4, warmup)), [0, 1, 2, 4, 4]);
});

Deno.test("betaAt() rises in cycles, stays full for the rest of each and after the last", () => {
  const warmup = { kind: "cyclical", epochs: 2, ratio: 0.5, cycles: 2 };
  assertEquals([0, 5, 10, 19, 20, 25, 30, 40, 45].map((step) => at(step, 2, warmup)), [0, 1, 2, 2, 0, 1, 2, 2, 2]);
});

Deno.test("betaAt() takes parts of an epoch, and a ratio of 0 for no rise", () => {
  assertAlmostEquals(at(2, 1, { kind: "linear", epochs: 0.5 }), 0.4);
  assertEquals(at(0, 1, { kind: "cyclical", epochs: 1, ratio: 0 }), 1);
});

Deno.test("betaAt() refuses a step that is not one and an epoch of no steps", () => {
  assertThrows(() => at(-1, 1), RangeError, "current value is -1");
  assertThrows(() => at(0.5, 1), RangeError, "current value is 0.5");
  const { objective } = parseConfig({});
  assertThrows(() => betaAt(objective, { step: 0, stepsPerEpoch: 0 }), RangeError, "current value is 0");
});
