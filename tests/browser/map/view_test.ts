import { assert, assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import { fitView, panView, toPlane, toScreen, zoomView } from "../../../lib/browser/map/view.ts";

const size = { width: 400, height: 200 };
const points = Float32Array.of(-1, -1, 3, 1);
const whole = fitView(points, size);

Deno.test("fitView() shows every point, with one scale for both axes", () => {
  for (const [x, y] of [[-1, -1], [3, 1]] as const) {
    const [left, top] = toScreen(whole, size, x, y);
    assert(left >= 10 && left <= 390 && top >= 10 && top <= 190, `${left}, ${top}`);
  }
  assertEquals(toScreen(whole, size, 1, 0), [200, 100]);
  assert(toScreen(whole, size, 1, 1)[1] < 100, "up is up");
});

Deno.test("fitView() takes a single point, and none", () => {
  assertEquals(toScreen(fitView(Float32Array.of(7, 7), size), size, 7, 7), [200, 100]);
  assert(Number.isFinite(fitView(new Float32Array(), size).scale));
});

Deno.test("toPlane() is the inverse of toScreen()", () => {
  const [x, y] = toPlane(whole, size, ...toScreen(whole, size, 0.3, -0.7));
  assertAlmostEquals(x, 0.3);
  assertAlmostEquals(y, -0.7);
});

Deno.test("panView() moves what is shown with the pointer", () => {
  const [x, y] = toScreen(whole, size, 0, 0);
  assertEquals(toScreen(panView(whole, 30, -20), size, 0, 0).map(Math.round), [x + 30, y - 20].map(Math.round));
});

Deno.test("zoomView() keeps the place under the pointer, within limits", () => {
  const at = [300, 50] as const;
  const before = toPlane(whole, size, ...at);
  const zoomed = zoomView(whole, whole, size, at, 3);
  assertAlmostEquals(zoomed.scale, 3 * whole.scale);
  toPlane(zoomed, size, ...at).forEach((value, axis) => assertAlmostEquals(value, before[axis]!));
  assertEquals(zoomView(whole, whole, size, at, 1e9).scale, 60 * whole.scale);
  assertEquals(zoomView(whole, whole, size, at, 1e-9).scale, whole.scale / 2);
});
