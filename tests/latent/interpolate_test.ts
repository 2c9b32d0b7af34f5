import { assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import fc from "fast-check";
import { distance, interpolate, lerp, slerp, traverse } from "../../lib/latent/mod.ts";

const latent = (length: number) =>
  fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: length, maxLength: length });
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const norm = (z: ArrayLike<number>) => distance(z, new Float32Array(z.length));

Deno.test("lerp() goes along the straight line", () => {
  assertEquals([...lerp([0, 4], [2, 0], 0.25)], [0.5, 3]);
  assertEquals([...lerp([0, 4], [2, 0], 1)], [2, 0]);
});

Deno.test("slerp() turns at a constant speed", () => {
  const z = slerp([1, 0], [0, 1], 1 / 3);
  assertAlmostEquals(z[0]!, Math.cos(Math.PI / 6), 1e-6);
  assertAlmostEquals(z[1]!, Math.sin(Math.PI / 6), 1e-6);
});

Deno.test("slerp() goes evenly from one length to the other", () => {
  fc.assert(fc.property(latent(5), latent(5), fraction, (a, b, t) => {
    fc.pre(norm(a) > 0.1 && norm(b) > 0.1);
    const cosine = a.reduce((sum, value, i) => sum + value * b[i]!, 0) / norm(a) / norm(b);
    fc.pre(Math.abs(cosine) < 0.999);
    assertAlmostEquals(norm(slerp(a, b, t)), norm(a) * (1 - t) + norm(b) * t, 1e-4);
  }));
});

Deno.test("slerp() ends where it should and stays finite for any two latents", () => {
  fc.assert(fc.property(latent(3), latent(3), fraction, (a, b, t) => {
    assertEquals(slerp(a, b, 0), lerp(a, b, 0));
    assertEquals(slerp(a, b, 1), lerp(a, b, 1));
    assertEquals(slerp(a, b, t).every(Number.isFinite), true);
  }));
});

Deno.test("slerp() is the straight line for zero, equal and opposite latents", () => {
  assertEquals([...slerp([0, 0], [2, 2], 0.5)], [1, 1]);
  assertEquals([...slerp([3, 1], [3, 1], 0.3)], [...Float32Array.of(3, 1)]);
  assertEquals([...slerp([1, 1], [-1, -1], 0.5)], [0, 0]);
});

Deno.test("interpolate() gives exactly the frames asked for, every key among them, in order", () => {
  const cases = fc.integer({ min: 2, max: 6 }).chain((count) =>
    fc.tuple(
      fc.array(latent(4), { minLength: count, maxLength: count }),
      fc.integer({ min: count, max: 240 }),
      fc.constantFrom("lerp" as const, "slerp" as const),
    )
  );
  fc.assert(fc.property(cases, ([keys, frames, method]) => {
    const path = interpolate(keys, frames, method);
    assertEquals(path.length, frames * 4);
    const at = (frame: number) => path.slice(frame * 4, frame * 4 + 4);
    let frame = 0;
    for (const key of keys) {
      const wanted = Float32Array.from(key);
      while (frame < frames && distance(at(frame), wanted) > 0) frame++;
      assertEquals(frame < frames, true);
      frame++;
    }
    assertEquals(distance(at(frames - 1), Float32Array.from(keys.at(-1)!)), 0);
  }));
});

Deno.test("interpolate() spaces frames evenly", () => {
  assertEquals([...interpolate([[0], [4]], 5, "lerp")], [0, 1, 2, 3, 4]);
  assertEquals([...interpolate([[0], [2], [6]], 5, "lerp")], [0, 1, 2, 4, 6]);
});

Deno.test("interpolate() refuses what can't be joined", () => {
  assertThrows(() => interpolate([[1]], 5, "lerp"), RangeError, "two keys");
  assertThrows(() => interpolate([[1], [2], [3]], 2, "lerp"), RangeError, "one frame per key");
  assertThrows(() => interpolate([[1], [2]], 2.5, "lerp"), RangeError, "2.5 frames");
  assertThrows(() => interpolate([[1], [2, 3]], 4, "slerp"), RangeError, "different lengths");
});

Deno.test("traverse() changes one dimension alone", () => {
  assertEquals([...traverse([7, 8, 9], 1, [-1, 1])], [7, -1, 9, 7, 1, 9]);
  assertThrows(() => traverse([7, 8, 9], 3, [0]), RangeError, "dimension 3");
});
