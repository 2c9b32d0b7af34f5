/** A run's figures and states in words for the person at the screen. */
import type { MetricName, RunAction, RunState } from "../../protocol_runs.ts";

/** What a state says to someone who did not write this program. */
export const STATE_WORDS: Readonly<Record<RunState, { readonly name: string; readonly about: string }>> = {
  queued: { name: "Waiting", about: "It starts when the runs before it have ended" },
  starting: { name: "Starting", about: "Its program is being started" },
  running: { name: "Training", about: "It is learning now" },
  paused: { name: "Paused", about: "It stands still and goes on at the same place" },
  stopping: { name: "Stopping", about: "It saves what it has" },
  interrupted: { name: "Stopped", about: "It can go on where it was saved" },
  lost: { name: "Crashed", about: "Its program ended without a word; it can go on at its last checkpoint" },
  finished: { name: "Finished", about: "Its model is ready" },
  failed: { name: "Failed", about: "It ended with an error" },
};

/** States in which nothing more happens by itself. */
export function hasEnded(state: RunState): boolean {
  return state === "finished" || state === "failed" || state === "interrupted" || state === "lost";
}

/** What an action's button says, with its explanation. */
export const ACTION_WORDS: Readonly<Record<RunAction, { readonly name: string; readonly about: string }>> = {
  pause: { name: "Pause", about: "Frees the machine until you let it go on" },
  resume: { name: "Go on", about: "Goes on where it stopped, at the same step or the last checkpoint" },
  stop: { name: "Stop for now", about: "Saves a checkpoint, so that the run can go on later" },
  finish: { name: "Stop and keep the model", about: "Ends training now; the model as it is goes to the board" },
  discard: { name: "Stop and discard", about: "Ends training and deletes the run" },
  fork: { name: "Fork", about: "Starts a new run from this one, with other settings" },
  delete: { name: "Delete", about: "Can be undone for a day" },
};

/** A curve's name, with the field's term as its explanation. */
export interface MetricWords {
  readonly name: Exclude<MetricName, "step">;
  readonly title: string;
  readonly about: string;
}

/** The curves, in the order in which they are shown. */
export const METRIC_WORDS: readonly MetricWords[] = [
  {
    name: "loss",
    title: "Total error",
    about: "Loss: reconstruction plus beta times KL divergence, nats per picture; less is better",
  },
  {
    name: "reconstruction",
    title: "Error of the pictures",
    about: "Reconstruction loss: how far decoded pictures are from the originals, nats per picture",
  },
  {
    name: "kl",
    title: "What the sliders hold",
    about: "KL divergence of the posterior from the prior: what the latents tell of a picture, nats",
  },
  { name: "learningRate", title: "Size of the steps", about: "Learning rate" },
  { name: "beta", title: "Weight on tidiness", about: "Beta: the weight of the KL divergence in the loss" },
  { name: "imagesPerSecond", title: "Pictures per second", about: "Training throughput over the epoch so far" },
];

/** Seconds as a person says them: `40 seconds`, `12 minutes`, `3.5 hours`. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return "an unknown time";
  if (seconds < 1.5) return "a second";
  if (seconds < 90) return `${Math.round(seconds)} seconds`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 36 * 3600) return `${Number((seconds / 3600).toFixed(1))} hours`;
  return `${Number((seconds / 86_400).toFixed(1))} days`;
}

/** A number of any size in four figures. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size < 0.01 || size > 999_999 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}
