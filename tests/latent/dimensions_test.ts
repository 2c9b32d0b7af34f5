import { assertEquals } from "deno-std/assert/mod.js";
import { type LatentDimension, orderByKl } from "../../lib/latent/mod.ts";

function dimension(index: number, kl: number): LatentDimension {
  return { index, kl, mean: 0, standardDeviation: 1, minimum: -3, maximum: 3, active: kl >= 0.01 };
}

Deno.test("orderByKl() puts the largest KL first, equals in the model's order, dead ones last", () => {
  const given = [dimension(0, 0.001), dimension(1, 2), dimension(2, 3), dimension(3, 2), dimension(4, 0.005)];
  assertEquals(orderByKl(given).map(({ index }) => index), [2, 1, 3, 4, 0]);
  assertEquals(given.map(({ index }) => index), [0, 1, 2, 3, 4]);
});
