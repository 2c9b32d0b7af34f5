import { assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { scheduleFactor, shouldStopEarly } from "../../lib/training/schedules.ts";
import { type ConfigValues, parseConfig } from "../../lib/vae/mod.ts";

function factors(values: ConfigValues, steps: readonly number[], totalSteps = 100): number[] {
  const { schedule } = parseConfig({ schedule: values });
  return steps.map((step) => Number(scheduleFactor(schedule, { step, totalSteps }).toFixed(6)));
}

Deno.test("scheduleFactor() keeps a constant rate", () => {
  assertEquals(factors({ kind: "constant" }, [0, 1, 99, 1000]), [1, 1, 1, 1]);
});

Deno.test("scheduleFactor() falls along half a cosine to its floor", () => {
  assertEquals(factors({ kind: "cosine" }, [0, 25, 50, 75, 100, 150]), [1, 0.853553, 0.5, 0.146447, 0, 0]);
  assertEquals(factors({ kind: "cosine", floor: 0.2 }, [0, 50, 100]), [1, 0.6, 0.2]);
});

Deno.test("scheduleFactor() falls every so many steps", () => {
  assertEquals(factors({ kind: "step", everySteps: 10, factor: 0.5 }, [0, 9, 10, 19, 20]), [1, 1, 0.5, 0.5, 0.25]);
});

Deno.test("scheduleFactor() rises linearly during warm-up and starts the schedule after it", () => {
  assertEquals(factors({ kind: "constant", warmupSteps: 4 }, [0, 1, 2, 3, 4]), [0.25, 0.5, 0.75, 1, 1]);
  assertEquals(factors({ kind: "cosine", warmupSteps: 20 }, [19, 20, 60, 100]), [1, 1, 0.5, 0]);
  assertEquals(factors({ kind: "step", everySteps: 10, factor: 0.5, warmupSteps: 5 }, [14, 15]), [1, 0.5]);
});

function plateau(values: ConfigValues, validationLosses: readonly number[]): number {
  const { schedule } = parseConfig({ schedule: { kind: "plateau", ...values } });
  return scheduleFactor(schedule, { step: 50, totalSteps: 100, validationLosses });
}

Deno.test("scheduleFactor() falls on a plateau once the loss has not gained for its patience, then waits again", () => {
  const schedule = { factor: 0.1, patience: 2, floor: 0 };
  assertEquals(plateau(schedule, []), 1);
  assertEquals(plateau(schedule, [5, 4, 4]), 1);
  assertAlmostEquals(plateau(schedule, [5, 4, 4, 4]), 0.1);
  assertAlmostEquals(plateau(schedule, [5, 4, 4, 4, 4]), 0.1);
  assertAlmostEquals(plateau(schedule, [5, 4, 4, 4, 4, 4]), 0.01);
  assertAlmostEquals(plateau(schedule, [5, 4, 4, 4, 3, 4]), 0.1);
});

Deno.test("scheduleFactor() counts a fall below the minimum gain as none, and stops at its floor", () => {
  const schedule = { factor: 0.1, patience: 1, minimumGain: 0.5, floor: 0.05 };
  assertAlmostEquals(plateau(schedule, [5, 4.7]), 0.1);
  assertAlmostEquals(plateau(schedule, [5, 4.4]), 1);
  assertAlmostEquals(plateau(schedule, [5, 5, 5, 5]), 0.05);
});

Deno.test("scheduleFactor() throws on a step that is negative or not whole", () => {
  assertThrows(() => factors({ kind: "constant" }, [-1]), RangeError, "whole number");
  assertThrows(() => factors({ kind: "constant" }, [0.5]), RangeError);
});

Deno.test("shouldStopEarly() stops when the best loss is its patience old", () => {
  assertEquals(shouldStopEarly([5, 4, 4, 4], 3), false);
  assertEquals(shouldStopEarly([5, 4, 4, 4, 4], 3), true);
  assertEquals(shouldStopEarly([5, 4, 3.9, 3.8, 3.7], 3, 0.5), true);
  assertEquals(shouldStopEarly([], 1), false);
});
