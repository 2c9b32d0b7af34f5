/** Half and near-worst of a window of latencies, in milliseconds. */
export interface LatencySummary {
  /** How many measurements the window holds. */
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/**
 * The latest latencies, for a readout. Adding one costs no allocation, so that it may be done on every frame; the
 * summary sorts a copy and is meant to be taken a few times a second.
 */
export class LatencyWindow {
  readonly #samples: Float64Array;
  readonly #sorted: Float64Array;
  #added = 0;

  /**
   * @param capacity how many of the latest measurements are kept, at least 1
   */
  constructor(capacity = 240) {
    this.#samples = new Float64Array(capacity);
    this.#sorted = new Float64Array(capacity);
  }

  /** Adds one latency in milliseconds; the oldest falls out when the window is full. */
  add(milliseconds: number): void {
    this.#samples[this.#added % this.#samples.length] = milliseconds;
    this.#added++;
  }

  /** Forgets every measurement. */
  clear(): void {
    this.#added = 0;
  }

  /**
   * The window's 50th and 95th percentiles (nearest rank).
   *
   * @returns undefined while nothing was measured
   */
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
