/** A process that computes with TensorFlow and ends by coming to its end. */
import * as tf from "@tensorflow/tfjs";
import { startTensorFlow } from "../../lib/tensorflow/mod.ts";

const [folder = ""] = Deno.args;
await startTensorFlow({ folder, cache: "" });
const [sum] = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).sum().dataSync();
await Deno.stdout.write(new TextEncoder().encode(String(sum)));
