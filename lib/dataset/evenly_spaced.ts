/** Choosing some of many. */

/** `count` places that are spread evenly over a set, so that one sorted by label gives of every label. */
export function evenlySpacedIndices(total: number, count: number): Uint32Array {
  const taken = Math.min(count, total);
  return Uint32Array.from({ length: taken }, (_, i) => Math.floor(i * total / taken));
}
