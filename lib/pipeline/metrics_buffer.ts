/** Gathers the metrics of steps into events, so that a quick run doesn't write an event per step. */
import type { NewRunEvent, StepEvent } from "../training/mod.ts";

/** Milliseconds between two events. */
const FLUSH_MILLISECONDS = 250;

/** From this step on, steps that follow each other within {@linkcode POINT_MILLISECONDS} become one point, their mean. */
const EVERY_STEP = 2000;
const POINT_MILLISECONDS = 50;

const SERIES = ["loss", "reconstruction", "kl", "learningRate", "beta"] as const;
type Point = Record<typeof SERIES[number], number>;

/** Gathers steps. */
export class MetricsBuffer {
  readonly #write: (event: NewRunEvent) => void;
  #steps: number[] = [];
  #points: Point[] = [];
  #group: Point[] = [];
  #newest: StepEvent | undefined;
  #flushedAt = -Infinity;
  #pointAt = -Infinity;

  /** @param write is given each event */
  constructor(write: (event: NewRunEvent) => void) {
    this.#write = write;
  }

  /** Adds a step. */
  add(event: StepEvent): void {
    const { loss, reconstruction, kl } = event.metrics;
    const { learningRate, beta } = event;
    this.#group.push({ loss, reconstruction, kl, learningRate, beta });
    this.#newest = event;
    const now = performance.now();
    if (event.step > EVERY_STEP && now - this.#pointAt < POINT_MILLISECONDS) return;
    this.#pointAt = now;
    this.#close();
    if (now - this.#flushedAt >= FLUSH_MILLISECONDS) this.flush();
  }

  /** Writes what was gathered. */
  flush(): void {
    this.#close();
    if (this.#points.length === 0) return;
    const { epoch, imagesPerSecond, secondsLeft } = this.#newest!;
    const [step, points] = [this.#steps, this.#points];
    this.#steps = [];
    this.#points = [];
    this.#flushedAt = performance.now();
    const series = Object.fromEntries(
      SERIES.map((name) => [name, points.map((point) => round(point[name]))]),
    ) as Record<
      keyof Point,
      number[]
    >;
    const pace = { imagesPerSecond: round(imagesPerSecond), secondsLeft: round(secondsLeft) };
    this.#write({ type: "metrics", step, ...series, epoch, ...pace });
  }

  #close(): void {
    if (this.#group.length === 0) return;
    const count = this.#group.length;
    const mean = (name: keyof Point) => this.#group.reduce((sum, point) => sum + point[name], 0) / count;
    this.#points.push(Object.fromEntries(SERIES.map((name) => [name, mean(name)])) as Point);
    this.#steps.push(this.#newest!.step);
    this.#group = [];
  }
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
