/** The curves of one run: columns that grow while it trains. */
import type { MetricName, RunMetrics, RunMetricsEvent } from "../../protocol_runs.ts";

const NAMES = ["step", "loss", "reconstruction", "kl", "learningRate", "beta", "imagesPerSecond"] as const;
const FIRST_CAPACITY = 1024;

/** One number per step for each metric; NaN where a step has none. */
export class RunCurves {
  #length = 0;
  #columns = allocate(FIRST_CAPACITY);

  /** Steps that are held. */
  get length(): number {
    return this.#length;
  }

  /** A metric over the steps held now; a view that later steps don't change. */
  column(name: MetricName): Float64Array {
    return this.#columns[name].subarray(0, this.#length);
  }

  /** Appends the steps of an event. */
  add(event: RunMetricsEvent): void {
    this.#append({ ...event, imagesPerSecond: event.step.map(() => event.imagesPerSecond) }, event.step.length);
  }

  /** Appends what `GET /api/runs/<id>/metrics` returned. */
  addAll(steps: RunMetrics["steps"]): void {
    this.#append(steps, steps.step.length);
  }

  /** Drops the steps after this one: they are trained again. */
  cutAfter(step: number): void {
    const steps = this.#columns.step;
    while (this.#length > 0 && steps[this.#length - 1]! > step) this.#length--;
  }

  #append(values: Readonly<Record<MetricName, readonly number[]>>, count: number): void {
    const needed = this.#length + count;
    if (needed > this.#columns.step.length) {
      const grown = allocate(Math.max(needed, 2 * this.#columns.step.length));
      for (const name of NAMES) grown[name].set(this.column(name));
      this.#columns = grown;
    }
    for (const name of NAMES) {
      const column = this.#columns[name];
      for (let i = 0; i < count; i++) column[this.#length + i] = values[name][i] ?? NaN; // JSON has no NaN
    }
    this.#length = needed;
  }
}

function allocate(capacity: number): Record<MetricName, Float64Array> {
  return Object.fromEntries(NAMES.map((name) => [name, new Float64Array(capacity)])) as Record<
    MetricName,
    Float64Array
  >;
}

/** Whether a metric is a noisy mean over a batch, which people want smoothed, and is measured on held-out pictures too. */
export function isLoss(metric: MetricName): metric is "loss" | "reconstruction" | "kl" {
  return metric === "loss" || metric === "reconstruction" || metric === "kl";
}

/** From the first to the last step of some runs. */
export function rangeOf(runs: readonly RunCurves[]): { min: number; max: number } {
  const steps = runs.map((curves) => curves.column("step")).filter(({ length }) => length > 0);
  if (steps.length === 0) return { min: 0, max: 1 };
  return {
    min: Math.min(...steps.map((column) => column[0]!)),
    max: Math.max(...steps.map((column) => column.at(-1)!)),
  };
}
