/** Starts what training runs on. */
import * as tf from "@tensorflow/tfjs";
import { join } from "node:path";
import { LibraryUnavailableError, startTensorFlow } from "../tensorflow/mod.ts";

/** How to start. */
export interface EngineOptions {
  /** The user's folder: a fetched libtensorflow is kept in its cache. */
  readonly home: string;
  /** A folder with libtensorflow. */
  readonly tensorflow?: string | undefined;
  /** Threads that share the work of one op. */
  readonly threads?: number | undefined;
}

/** What was started. */
export interface StartedEngine {
  /** Such as `TensorFlow 2.21.0 (CPU)`. */
  readonly name: string;
  /** Where TensorFlow was found, or why it is not used and what that costs. */
  readonly note: string;
  /** Whether it is TensorFlow. */
  readonly fast: boolean;
}

/**
 * Starts TensorFlow, or falls back to tfjs's own backend where there is none.
 *
 * @param options where to look
 */
export async function startEngine(options: EngineOptions): Promise<StartedEngine> {
  const { home, tensorflow, threads } = options;
  try {
    const engine = await startTensorFlow({
      cache: join(home, "cache", "tensorflow"),
      ...(tensorflow === undefined ? {} : { folder: tensorflow }),
      ...(threads === undefined ? {} : { intraOpThreads: threads }),
    });
    const { source, folder } = engine.origin;
    return { name: `TensorFlow ${engine.version} (${engine.device})`, note: `${source}: ${folder}`, fast: true };
  } catch (error) {
    if (!(error instanceof LibraryUnavailableError)) throw error;
    tf.enableProdMode(); // or tfjs advertises the very backend that is missing
    await tf.setBackend("cpu");
    return {
      name: `tfjs ${tf.version.tfjs} (cpu)`,
      note: `${error.message}; training goes on in plain JavaScript, many times slower`,
      fast: false,
    };
  }
}
