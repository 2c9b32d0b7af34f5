/** Checks what is fed to a step's inputs. */
import { elementCount } from "../ffi/data_types.ts";
import type { Feed, TensorSpec } from "./types.ts";

const ARRAYS = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/**
 * Checks that a feed fits its input.
 *
 * @throws {TypeError} It is missing, or its type or shape is another.
 */
export function checkFeed(
  step: string,
  input: string,
  spec: TensorSpec,
  feed: Feed | undefined,
): asserts feed is Feed {
  const problem = mismatch(spec, feed);
  if (problem) {
    throw new TypeError(`Cannot run ${step}: input ${input} is ${spec.dtype} of shape [${spec.shape}], and ${problem}`);
  }
}

/** The values to make a tensor of, or null when the feed is a tensor already. */
export function feedValues({ dtype }: TensorSpec, feed: Feed): Float32Array | Int32Array | Uint8Array | null {
  if (typeof feed === "number") return ARRAYS[dtype].of(feed);
  return ArrayBuffer.isView(feed) ? feed : null;
}

function mismatch({ shape, dtype }: TensorSpec, feed: Feed | undefined): string | null {
  if (feed === undefined) return "nothing was given";
  if (typeof feed === "number") return shape.length === 0 ? null : "a number was given";
  if (ArrayBuffer.isView(feed)) {
    if (!(feed instanceof ARRAYS[dtype])) return `${(feed as object).constructor.name} was given`;
    return feed.length === elementCount(shape) ? null : `${feed.length} values were given`;
  }
  if (String(feed.shape) !== String(shape)) return `a tensor of shape [${feed.shape}] was given`;
  const expected = dtype === "uint8" ? "int32" : dtype; // tfjs has no uint8; a tensor of it passes for int32
  return feed.dtype === expected ? null : `a tensor of ${feed.dtype} was given`;
}
