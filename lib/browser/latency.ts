/** Percentiles of a window of latencies, milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/** The latest latencies. Adding one allocates nothing, so that every frame can be timed; a summary sorts a copy. */
export class LatencyWindow {
  readonly #samples: Float64Array;
  readonly #sorted: Float64Array;
  #added = 0;

  /** @param capacity how many of the latest measurements are kept, at least 1 */
  constructor(capacity = 240) {
    this.#samples = new Float64Array(capacity);
    this.#sorted = new Float64Array(capacity);
  }

  add(milliseconds: number): void {
    this.#samples[this.#added % this.#samples.length] = milliseconds;
    this.#added++;
  }

  /** The 50th and 95th percentiles (nearest rank); undefined while nothing was measured. */
  summary(): LatencySummary | undefined {
    const count = Math.min(this.#added, this.#samples.length);
    if (count === 0) return undefined;
    const sorted = this.#sorted.subarray(0, count);
    sorted.set(this.#samples.subarray(0, count));
    sorted.sort();
    const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * count) - 1)]!;
    return { count, p50: rank(0.5), p95: rank(0.95) };
  }
}
