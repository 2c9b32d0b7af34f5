/** A run's curves, read from its events. */
import { join } from "node:path";
import type { MetricName, RunMetrics } from "../protocol_runs.ts";
import { EVENT_LOG, EventLogReader } from "../training/event_log.ts";

type Series<Name extends string> = Record<Name, number[]>;

const STEP_SERIES: readonly MetricName[] = [
  "step",
  "loss",
  "reconstruction",
  "kl",
  "learningRate",
  "beta",
  "imagesPerSecond",
];
const EPOCH_SERIES = ["epoch", "step", "train", "validation", "reconstruction", "kl", "imagesPerSecond"] as const;

/**
 * Reads a run's curves. Steps that were trained again after a crash stand there once.
 *
 * @param run the run's folder
 * @param points the most points of a series; neighbours become one, their mean, where there are more
 */
export async function readMetrics(run: string, points: number): Promise<RunMetrics> {
  const steps = emptySeries(STEP_SERIES);
  const epochs = emptySeries(EPOCH_SERIES);
  let lastEvent = 0;
  for await (const event of new EventLogReader(join(run, EVENT_LOG)).read(0)) {
    lastEvent = event.id;
    if (event.type === "start") {
      cutAfter(steps, event.step);
      cutAfter(epochs, event.step);
    } else if (event.type === "metrics") {
      for (const [i, step] of event.step.entries()) {
        steps.step.push(step);
        for (const name of ["loss", "reconstruction", "kl", "learningRate", "beta"] as const) {
          steps[name].push(event[name][i]!);
        }
        steps.imagesPerSecond.push(event.imagesPerSecond);
      }
    } else if (event.type === "epoch") {
      epochs.epoch.push(event.epoch);
      epochs.step.push(event.step);
      epochs.train.push(event.train.loss);
      epochs.validation.push(event.validation.loss);
      epochs.reconstruction.push(event.validation.reconstruction);
      epochs.kl.push(event.validation.kl);
      epochs.imagesPerSecond.push(event.imagesPerSecond);
    }
  }
  return { steps: thinned(steps, points), epochs, lastEvent };
}

function emptySeries<Name extends string>(names: readonly Name[]): Series<Name> {
  return Object.fromEntries(names.map((name) => [name, []])) as unknown as Series<Name>;
}

/** Drops what comes after a step. */
function cutAfter<Name extends string>(series: Series<Name | "step">, step: number): void {
  const steps = series.step;
  let length = steps.length;
  while (length > 0 && steps[length - 1]! > step) length--;
  for (const values of Object.values<number[]>(series)) values.length = length;
}

function thinned<Name extends string>(series: Series<Name | "step">, points: number): Series<Name | "step"> {
  const { length } = series.step;
  if (length <= points) return series;
  const group = Math.ceil(length / points);
  const means = (values: number[]) =>
    Array.from({ length: Math.ceil(length / group) }, (_, i) => {
      const part = values.slice(i * group, (i + 1) * group);
      return part.reduce((sum, value) => sum + value, 0) / part.length;
    });
  const entries = Object.entries<number[]>(series).map(([name, values]) => [
    name,
    name === "step" ? values.filter((_, i) => i % group === 0) : means(values),
  ]);
  return Object.fromEntries(entries) as Series<Name | "step">;
}
