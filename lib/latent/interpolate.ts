/** Ways from one latent to another. */
import type { InterpolationMethod } from "../protocol.ts";

export type { InterpolationMethod };

/** One latent: `latentDim` numbers. */
export type LatentVector = ArrayLike<number>;

/** Below this sine two directions are one line, and there is no one arc between them. */
const COLLINEAR = 1e-6;

/**
 * A point on the straight line from `a` to `b`.
 *
 * @param t 0 gives `a`, 1 gives `b`
 * @returns `[latentDim]`
 * @throws {RangeError} when the latents differ in length
 */
export function lerp(a: LatentVector, b: LatentVector, t: number): Float32Array {
  checkLengths(a, b);
  return Float32Array.from(a, (value, i) => value * (1 - t) + b[i]! * t);
}

/**
 * A point on the arc from `a` to `b`: the direction turns at a constant speed (Shoemake, 1985) and the length goes
 * evenly from one to the other, so that points between two prior samples keep a prior sample's length (White, 2016,
 * "Sampling generative networks"). Where there is no such arc, because a latent is zero or they lie on one line through
 * zero, it is the straight line.
 *
 * @param t 0 gives `a`, 1 gives `b`
 * @returns `[latentDim]`
 * @throws {RangeError} when the latents differ in length
 */
export function slerp(a: LatentVector, b: LatentVector, t: number): Float32Array {
  checkLengths(a, b);
  const lengthA = norm(a);
  const lengthB = norm(b);
  let dot = 0;
  for (let i = 0; i < a.length; i++) dot += a[i]! * b[i]!;
  const cosine = Math.min(1, Math.max(-1, dot / (lengthA * lengthB)));
  const angle = Math.acos(cosine);
  const sine = Math.sin(angle);
  if (t === 0 || t === 1 || !(sine > COLLINEAR)) return lerp(a, b, t); // also when a length of 0 made it NaN

  const length = lengthA * (1 - t) + lengthB * t;
  const weightA = Math.sin((1 - t) * angle) / sine / lengthA * length;
  const weightB = Math.sin(t * angle) / sine / lengthB * length;
  return Float32Array.from(a, (value, i) => value * weightA + b[i]! * weightB);
}

/**
 * A path through several key latents, in exactly `frames` steps. Each key is one of the frames, the first and the last
 * among them, and the frames between two keys are evenly spaced.
 *
 * @param keys two latents or more, of one length
 * @param frames how many latents to return, at least one per key
 * @returns `[frames, latentDim]`
 * @throws {RangeError} on fewer than two keys, fewer frames than keys, or keys that differ in length
 */
export function interpolate(
  keys: readonly LatentVector[],
  frames: number,
  method: InterpolationMethod,
): Float32Array {
  if (keys.length < 2) throw new RangeError(`Cannot interpolate between fewer than two keys: there are ${keys.length}`);
  if (!Number.isInteger(frames) || frames < keys.length) {
    throw new RangeError(`Cannot fit ${keys.length} keys into ${frames} frames: ask for at least one frame per key`);
  }
  const first = keys[0]!;
  for (const key of keys) checkLengths(first, key);

  const between = method === "slerp" ? slerp : lerp;
  const path = new Float32Array(frames * first.length);
  const frameOf = (key: number) => Math.round(key * (frames - 1) / (keys.length - 1));
  path.set(first);
  for (let key = 1; key < keys.length; key++) {
    const from = frameOf(key - 1);
    const steps = frameOf(key) - from;
    for (let step = 1; step <= steps; step++) {
      path.set(between(keys[key - 1]!, keys[key]!, step / steps), (from + step) * first.length);
    }
  }
  return path;
}

/**
 * A latent traversal: copies of `z` in which one dimension takes each of `values`.
 *
 * @param dimension which one, from 0
 * @returns `[values.length, latentDim]`
 * @throws {RangeError} when `z` has no such dimension
 */
export function traverse(z: LatentVector, dimension: number, values: readonly number[]): Float32Array {
  if (!Number.isInteger(dimension) || dimension < 0 || dimension >= z.length) {
    throw new RangeError(`Cannot traverse dimension ${dimension}: the latent has ${z.length}, counted from 0`);
  }
  const rows = new Float32Array(values.length * z.length);
  for (const [row, value] of values.entries()) {
    rows.set(z, row * z.length);
    rows[row * z.length + dimension] = value;
  }
  return rows;
}

/**
 * The Euclidean distance between two latents.
 *
 * @throws {RangeError} when they differ in length
 */
export function distance(a: LatentVector, b: LatentVector): number {
  checkLengths(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

function norm(z: LatentVector): number {
  let sum = 0;
  for (let i = 0; i < z.length; i++) sum += z[i]! ** 2;
  return Math.sqrt(sum);
}

function checkLengths(a: LatentVector, b: LatentVector): void {
  if (a.length === b.length) return;
  throw new RangeError(`Cannot join latents of different lengths: they have ${a.length} and ${b.length} dimensions`);
}
