import { assertEquals } from "deno-std/assert/mod.js";
import { classVotes, nearestNeighbours } from "../../lib/latent/mod.ts";

const map = {
  count: 5,
  latentDim: 2,
  latents: Float32Array.of(0, 0, 3, 4, 1, 0, 0, 2, 9, 9),
  labels: Uint8Array.of(1, 0, 0, 1, 0),
};

Deno.test("nearestNeighbours() gives the nearest pictures with their distances, nearest first", () => {
  assertEquals(nearestNeighbours(map, [0, 0], 3), [
    { index: 0, distance: 0 },
    { index: 2, distance: 1 },
    { index: 3, distance: 2 },
  ]);
  assertEquals(nearestNeighbours(map, [3, 4], 1), [{ index: 1, distance: 0 }]);
});

Deno.test("nearestNeighbours() gives all where there are fewer, and leaves out what does not count", () => {
  assertEquals(nearestNeighbours(map, [0, 0], 9).map(({ index }) => index), [0, 2, 3, 1, 4]);
  assertEquals(nearestNeighbours(map, [0, 0], 2, (index) => index > 2).map(({ index }) => index), [3, 4]);
});

Deno.test("classVotes() counts classes, the nearest first among equals", () => {
  const nearest = nearestNeighbours(map, [0, 0], 4);
  assertEquals(classVotes(map, nearest), [{ label: 1, votes: 2 }, { label: 0, votes: 2 }]);
  assertEquals(classVotes(map, nearestNeighbours(map, [0, 0], 5))[0], { label: 0, votes: 3 });
});
