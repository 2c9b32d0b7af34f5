import * as tf from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import { statelessNormal } from "../../lib/tensorflow/mod.ts";
import { philoxNormal } from "../../lib/tensorflow/binding/philox.ts";
import { ignore } from "./_engine.ts";

for (const [seed, step] of [[1, 0], [1, 1], [0, 0], [2 ** 31 - 1, 123_456], [-5, 7]] as const) {
  Deno.test({
    name: `philoxNormal() gives the numbers of TensorFlow's StatelessRandomNormal for seed [${seed}, ${step}]`,
    ignore,
    fn() {
      const expected = tf.tidy(() => statelessNormal([7, 37], tf.tensor1d([seed, step], "int32")).dataSync());
      const actual = philoxNormal(seed, step, 7 * 37);
      for (const [i, value] of expected.entries()) assertAlmostEquals(actual[i]!, value, 2e-6, `number ${i}`);
    },
  });
}

Deno.test("philoxNormal() has mean 0 and standard deviation 1, and depends on seed and step alone", () => {
  const values = philoxNormal(3, 4, 100_000);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  assertAlmostEquals(mean, 0, 0.01);
  assertAlmostEquals(deviation, 1, 0.01);
  assertEquals(philoxNormal(3, 4, 10), values.slice(0, 10));
  assert(philoxNormal(3, 5, 1)[0] !== values[0]);
});
