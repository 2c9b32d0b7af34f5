import * as tf from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import { philoxNormal, statelessNormal } from "../../lib/training/noise.ts";
import { ignore } from "../tensorflow/_engine.ts";

/** Noise of the backend in use. */
function noise(run: number, step: number): number[] {
  return tf.tidy(() => [...statelessNormal([7, 37], tf.tensor1d([run, step], "int32")).dataSync()] as never);
}

for (const [run, step] of [[1, 0], [1, 1], [0, 0], [2 ** 31 - 1, 123_456], [-5, 7]] as const) {
  Deno.test({
    name: `statelessNormal() gives the numbers of TensorFlow on every backend, for seed [${run}, ${step}]`,
    ignore,
    async fn() {
      const expected = noise(run, step);
      assertEquals(noise(run, step), expected);
      await tf.setBackend("cpu");
      try {
        for (const [i, value] of noise(run, step).entries()) assertAlmostEquals(value, expected[i]!, 2e-6, `at ${i}`);
      } finally {
        await tf.setBackend("tensorflow");
      }
    },
  });
}

Deno.test({
  name: "statelessNormal() gives TensorFlow's noise of another step no number of this one",
  ignore,
  fn() {
    const other = noise(1, 3);
    assertEquals(noise(1, 2).filter((value, i) => value === other[i]), []);
  },
});

Deno.test("philoxNormal() has mean 0 and standard deviation 1, and depends on seed and step alone", () => {
  const values = philoxNormal(3, 4, 100_000);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  assertAlmostEquals(mean, 0, 0.01);
  assertAlmostEquals(deviation, 1, 0.01);
  assertEquals(philoxNormal(3, 4, 10), values.slice(0, 10));
  assert(philoxNormal(3, 5, 1)[0] !== values[0]);
});
