/** Runs a test captured on TensorFlow, op by op on TensorFlow, and on tfjs's own CPU backend. */
import * as tf from "@tensorflow/tfjs";
import { ignore } from "../tensorflow/_engine.ts";

/** How steps are to be prepared in a test. */
export interface EngineCase {
  /** Op by op. */
  readonly eager: boolean;
}

/**
 * Registers a test once an engine.
 *
 * @param name the test's name, to which the engine's is added
 * @param test the test
 */
export function onEngines(name: string, test: (engine: EngineCase) => void | Promise<void>): void {
  const ways = [["captured", "tensorflow", false], ["eager", "tensorflow", true], ["tfjs", "cpu", true]] as const;
  for (const [way, backend, eager] of ways) {
    Deno.test({
      name: `${name} (${way})`,
      ignore: backend === "tensorflow" && ignore,
      async fn() {
        const before = tf.getBackend() ?? backend;
        await tf.setBackend(backend);
        try {
          await test({ eager });
        } finally {
          await tf.setBackend(before);
        }
      },
    });
  }
}
