// deno-lint-ignore-file no-console -- prints for the test that started it
/** Starts TensorFlow with its whole log, says what it computes on, and computes. */
import * as tf from "@tensorflow/tfjs";
import { startTensorFlow } from "../../lib/tensorflow/mod.ts";

const [cache = ""] = Deno.args;
const { placement } = await startTensorFlow({ cache, download: false, logLevel: 0 });
// On the stub of a card a kernel does nothing, and cuBLAS finds no device.
const sum = placement.device === "CPU" ? (await tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).sum().data())[0] : NaN;
if (placement.device === "GPU") await tf.add(tf.ones([2]), 1).data();
console.log(JSON.stringify({ placement, sum }));
