/**
 * `@tensorflow/tfjs-node-gpu` 4.22.0 calls two functions of `node:util` that Node has removed since.
 * Importing this module puts them back.
 */
import util from "node:util";

const removed = util as unknown as Record<string, unknown>;
removed.isNullOrUndefined ??= (value: unknown) => value == null;
removed.isArray ??= Array.isArray;
