import { assert, assertEquals, assertNotEquals } from "deno-std/assert/mod.js";
import { effect } from "@preact/signals";
import { BoardState } from "../../lib/browser/board_state.ts";
import type { LatentDimension } from "../../lib/protocol.ts";

const DIMENSIONS: LatentDimension[] = [0.2, 1.5, 0.001, 0.9].map((kl, index) => ({
  index,
  kl,
  mean: 0,
  standardDeviation: 1,
  minimum: -2.5,
  maximum: 2.5,
  active: kl >= 0.01,
}));

const start = (more = {}) => new BoardState(DIMENSIONS, { z: [0.5, 0, 0, -1], ...more });

Deno.test("BoardState orders latents by KL divergence, dead ones last", () => {
  assertEquals(start().order.map((dimension) => dimension.index), [1, 3, 0, 2]);
});

Deno.test("BoardState makes one step of history of a whole drag", () => {
  const state = start();
  for (const value of [0.2, 0.5, 0.9]) state.set(1, value);
  assertEquals(state.history().steps.length, 1);
  state.settle();
  state.settle();
  state.undo();
  assertEquals(state.z(), [0.5, 0, 0, -1]);
  assertEquals([state.history().position, state.history().steps.length], [0, 2]);
  state.redo();
  assertEquals(state.z()[1], Math.fround(0.9));
});

Deno.test("BoardState keeps 32-bit floats and takes nothing that is not a finite number", () => {
  const state = start();
  state.set(0, 0.1);
  assertEquals(state.z()[0], Math.fround(0.1));
  for (const value of [NaN, Infinity]) state.set(0, value);
  state.set(9, 1);
  assertEquals(state.z(), [Math.fround(0.1), 0, 0, -1]);
});

Deno.test("BoardState random() gives the same sample for the same seed and remembers the seed", () => {
  const one = start();
  const other = start();
  one.random(7);
  other.random(7);
  assertEquals(one.z(), other.z());
  assertEquals(one.sample.value?.seed, 7);
  other.random(8);
  assertNotEquals(one.z(), other.z());
  one.set(0, 0.25);
  assertEquals(one.sample.value?.seed, undefined);
});

Deno.test("BoardState random() is spread by the temperature", () => {
  const state = start({ temperature: 0 });
  state.random(7);
  assert(state.z().every((value) => value === 0));
});

Deno.test("BoardState keeps locked latents in random, mutate and reset, and the seed that the rest was drawn with", () => {
  const state = start();
  state.locked[0]!.value = true;
  state.random(7);
  assertEquals([state.z()[0], state.sample.value?.seed], [0.5, 7]);
  state.mutate(9);
  state.reset();
  assertEquals(state.z(), [0.5, 0, 0, 0]);
  state.undo();
  assertNotEquals(state.z()[1], 0);
});

Deno.test("BoardState undo() brings the seed back with its sample", () => {
  const state = start();
  state.random(7);
  state.resetOne(1);
  assertEquals(state.sample.value?.seed, undefined);
  state.undo();
  assertEquals(state.sample.value?.seed, 7);
});

Deno.test("BoardState announces a jump of every latent once", () => {
  const state = start();
  let seen = 0;
  const stop = effect(() => {
    void state.changes.value;
    for (const cell of state.values) void cell.value;
    seen++;
  });
  state.random(3);
  stop();
  assertEquals(seen, 2);
});

Deno.test("BoardState takes latents that change together as one change", () => {
  const state = start();
  let seen = 0;
  const stop = effect(() => {
    void state.changes.value;
    seen++;
  });
  state.setMany([[0, 1], [1, -1]]);
  state.setMany([[0, 1], [1, -1]]);
  stop();
  assertEquals(seen, 2);
  assertEquals(state.z().slice(0, 2), [1, -1]);
});

Deno.test("BoardState widens a slider for a value beyond it, and keeps it wide", () => {
  const state = start();
  state.set(1, 4);
  state.set(1, 0);
  assertEquals(state.ranges[1]!.value, { minimum: -2.5, maximum: 4 });
  assertEquals(start({ z: [0, 0, -9, 0] }).ranges[2]!.value, { minimum: -9, maximum: 2.5 });
});

Deno.test("BoardState holds how the shown sample was drawn, whatever the controls say since", () => {
  const state = start({ temperature: 0.5 });
  state.random(7);
  state.temperature.value = 2;
  assertEquals(state.sample.value, { seed: 7, temperature: 0.5, sampler: "prior" });
});

Deno.test("BoardState goTo() shows any step of the history, and setPicture() gives the current one its picture", () => {
  const state = start();
  state.set(0, 1);
  state.settle();
  state.setPicture("data:second");
  state.goTo(0);
  assertEquals(state.z()[0], 0.5);
  assertEquals(state.history().steps.map(({ picture }) => picture), [undefined, "data:second"]);
});
