/** The runs of a home as they lie on the disk, whoever began them. */
import { basename, join } from "node:path";
import { LatentboardError } from "../errors.ts";
import type { RunAction, RunSnapshot, RunState, RunSummary } from "../protocol_runs.ts";
import { readControl, readRunProcess } from "../training/control.ts";
import { readHistory } from "../training/history.ts";
import { readRunInfo, type RunInfo } from "../training/run.ts";

/** A run's folder, and how the run stands. */
export interface StoredRun {
  readonly path: string;
  readonly info: RunInfo;
  /** Whether a process holds the run's lock. */
  readonly alive: boolean;
  /** Whether that process was asked to end. */
  readonly ending: boolean;
}

const ID = /^[\w-][\w.-]{0,120}$/;

/**
 * Checks an id and makes the path of the run's folder.
 *
 * @throws {LatentboardError} `not-found` when it can't be a run's id
 */
export function runPath(home: string, id: string): string {
  if (!ID.test(id) || basename(id) !== id) throw noRun(id);
  return join(home, "runs", id);
}

/**
 * Reads a run.
 *
 * @throws {LatentboardError} `not-found` when there is none, `damaged` when its run.json can't be read
 */
export async function readRun(home: string, id: string): Promise<StoredRun> {
  const path = runPath(home, id);
  if (await mtime(join(path, "run.json")) === undefined) throw noRun(id);
  const info = await readRunInfo(path);
  const alive = await isLocked(path);
  return { path, info, alive, ending: alive && await isEnding(path) };
}

/** The ids of a home's runs, in no order. */
export async function runIds(home: string): Promise<string[]> {
  const ids: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(join(home, "runs"))) {
      if (isDirectory && ID.test(name)) ids.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return ids;
}

/**
 * Whether a process holds a run's lock. The system lets go of it when the process ends, however it ends; a process id
 * could be another process's by now.
 */
export async function isLocked(run: string): Promise<boolean> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(join(run, "lock"), { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  try {
    return !await file.tryLock(false); // shared: two who look don't see each other
  } finally {
    file.close();
  }
}

async function isEnding(run: string): Promise<boolean> {
  const process = await readRunProcess(run);
  const command = process && await readControl(run, process);
  return command === "stop" || command === "finish";
}

/**
 * How a run stands.
 *
 * @param run as it was read
 * @param launched whether its process was started and has not ended as far as is known
 */
export function stateOf({ info, alive, ending }: StoredRun, launched: boolean): RunState {
  const { status } = info;
  if (alive) {
    if (status === "finished" || status === "failed") return status;
    if (ending) return "stopping";
    return status === "paused" ? "paused" : status === "queued" ? "starting" : "running";
  }
  if (status === "queued") return launched ? "starting" : "queued";
  return status === "running" || status === "paused" ? "lost" : status;
}

const ACTIONS: Readonly<Record<RunState, readonly RunAction[]>> = {
  queued: ["fork", "delete"],
  starting: ["stop", "discard", "fork"],
  running: ["pause", "stop", "finish", "discard", "fork"],
  paused: ["resume", "stop", "finish", "discard", "fork"],
  stopping: ["fork"],
  interrupted: ["resume", "fork", "delete"],
  lost: ["resume", "fork", "delete"],
  finished: ["fork", "delete"],
  failed: ["resume", "fork", "delete"],
};

/** What can be done with a run that stands so. */
export function actionsOf(state: RunState): readonly RunAction[] {
  return ACTIONS[state];
}

/** What is read of a run's files besides run.json, and changes with them. */
interface Progress {
  readonly stamp: string;
  readonly epoch: number;
  readonly bestLoss: number | undefined;
  readonly snapshot: number | undefined;
}

/** Makes summaries, and keeps what is slow to read until its files change. */
export class RunSummaries {
  readonly #models: string;
  readonly #progress = new Map<string, Progress>();

  /** @param models the models' folder of the server */
  constructor(models: string) {
    this.#models = models;
  }

  /**
   * A run's line in a list.
   *
   * @param run as it was read
   * @param state how it stands
   * @param position its place in the queue
   */
  async summarize(run: StoredRun, state: RunState, position: number | undefined): Promise<RunSummary> {
    const { info } = run;
    const { epoch, bestLoss, snapshot } = await this.#progressOf(run.path);
    const { title, epochs, data } = info.config as { title?: string; epochs?: number; data?: { source?: string } };
    const { forkedFrom } = info.settings;
    const published = state === "finished" && await mtime(join(this.#models, info.name, "model.json")) !== undefined;
    return {
      id: info.id,
      name: info.name,
      title: title ?? info.name,
      state,
      createdAt: info.createdAt,
      source: data?.source ?? "sample",
      epochs: epochs ?? 0,
      epoch,
      ...(bestLoss === undefined ? {} : { bestLoss }),
      ...(state !== "failed" || info.failure === undefined ? {} : { failure: info.failure }),
      ...(position === undefined ? {} : { position }),
      ...(snapshot === undefined ? {} : { snapshot }),
      ...(typeof forkedFrom === "string" ? { forkedFrom } : {}),
      ...(published ? { model: info.name } : {}),
      actions: actionsOf(state),
    };
  }

  async #progressOf(path: string): Promise<Progress> {
    const history = join(path, "history.jsonl");
    const stamp = `${await mtime(history)} ${await mtime(join(path, "snapshots"))}`;
    const known = this.#progress.get(path);
    if (known?.stamp === stamp) return known;
    const records = await readHistory(history);
    const losses = records.map(({ validation }) => validation.loss);
    const progress: Progress = {
      stamp,
      epoch: records.length,
      bestLoss: losses.length === 0 ? undefined : losses.reduce((a, b) => Math.min(a, b)),
      snapshot: (await snapshotSteps(path)).at(-1),
    };
    this.#progress.set(path, progress);
    return progress;
  }
}

/** The steps of a run's snapshots, ascending. */
export async function snapshotSteps(run: string): Promise<number[]> {
  const steps: number[] = [];
  try {
    for await (const { name } of Deno.readDir(join(run, "snapshots"))) {
      const match = /^step-(\d+)$/.exec(name);
      if (match !== null) steps.push(Number(match[1]));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return steps.sort((a, b) => a - b);
}

/** A run's snapshots without their files, by step; one that was dropped meanwhile is left out. */
export async function listSnapshots(run: string): Promise<RunSnapshot[]> {
  const found: RunSnapshot[] = [];
  for (const step of await snapshotSteps(run)) {
    try {
      const { epoch, mse, klPerLatent, decoderSha256 } = await readSnapshot(run, step);
      found.push({ step, epoch, mse, klPerLatent, decoderSha256 });
    } catch (error) {
      if (!(error instanceof LatentboardError)) throw error;
    }
  }
  return found;
}

/** The whole of a snapshot's snapshot.json. */
export interface SnapshotDocument extends RunSnapshot {
  readonly image: { readonly height: number; readonly width: number; readonly channels: 1 | 3 };
  readonly dataset: string;
  readonly statistics: {
    readonly kl: number[];
    readonly mean: number[];
    readonly standardDeviation: number[];
    readonly quantiles: { readonly probabilities: number[]; readonly values: number[][] };
  };
  readonly labels: { readonly name: string; readonly mean: number[] }[];
}

/**
 * Reads a snapshot.json.
 *
 * @throws {LatentboardError} `gone` when the snapshot was dropped, or never was
 */
export async function readSnapshot(run: string, step: number): Promise<SnapshotDocument> {
  return JSON.parse(new TextDecoder().decode(await readSnapshotFile(run, step, "snapshot.json"))) as SnapshotDocument;
}

/** The files of a snapshot. */
export const SNAPSHOT_FILES: readonly string[] = ["samples.png", "reconstructions.png", "map.bin", "decoder.onnx"];

/**
 * Reads a file of a snapshot.
 *
 * @throws {LatentboardError} `gone` when the snapshot was dropped, or never was
 */
export async function readSnapshotFile(run: string, step: number, file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(join(run, "snapshots", `step-${String(step).padStart(8, "0")}`, file));
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new LatentboardError("gone", `The snapshot of step ${step} is no longer kept: choose another`, {
      field: "step",
      cause,
    });
  }
}

/**
 * The pictures of a run's latent maps, as one sheet.
 *
 * @throws {LatentboardError} `not-found` before there is one
 */
export async function readMapSheet(run: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(join(run, "map.png"));
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new LatentboardError("not-found", "This run has no map yet: wait for its first steps", { cause });
  }
}

async function mtime(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function noRun(id: string): LatentboardError {
  return new LatentboardError("not-found", `There is no run "${id}": /api/runs lists them`, { field: "id" });
}
