// deno-lint-ignore-file no-console -- prints for the test that started it
/** Starts TensorFlow with its whole log, says what it computes on, and computes. */
import * as tf from "@tensorflow/tfjs";
import { startTensorFlow } from "../../lib/tensorflow/mod.ts";

const [cache = ""] = Deno.args;
const { placement } = await startTensorFlow({ cache, download: false, logLevel: 0 });
const [sum] = await tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).sum().data();
console.log(JSON.stringify({ placement, sum }));
