/**
 * Checkpoints: everything that a run needs to continue as if it had never stopped. Each is a folder
 * `checkpoints/step-00000123` of `tensors.safetensors` and `state.json`, written under a temporary name, synced and
 * renamed, so that it is whole or absent after a crash. Nothing in it can execute.
 */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { faultyPath } from "../system/storage.ts";
import { sha256Hex, syncFolder, writeSynced } from "../system/files.ts";
import type { LossParts } from "./history.ts";
import { type NamedTensor, readSafetensors, writeSafetensors } from "./safetensors.ts";

/** The format version that this code writes and reads. */
export const CHECKPOINT_VERSION = 1;

/** Sums over the training steps of an epoch that is under way. */
export interface EpochSums extends LossParts {
  readonly pictures: number;
  readonly seconds: number;
}

/** Where the best validation loss was reached. */
export interface BestMark {
  readonly step: number;
  readonly epoch: number;
  /** The validation loss, nats per picture. */
  readonly loss: number;
}

/** A checkpoint without its tensors. */
export interface CheckpointState {
  /** Updates made. */
  readonly step: number;
  /** The epoch under way, from 1; one more than the last when the run is over. */
  readonly epoch: number;
  /** Batches of that epoch already trained on. */
  readonly batch: number;
  readonly seed: number;
  readonly config: Record<string, unknown>;
  readonly engine: string;
  readonly sums: EpochSums;
  /** Validation losses of the epochs that have ended, oldest first. */
  readonly validationLosses: readonly number[];
  /** Records of history.jsonl that belong to this checkpoint; later ones are cut off on resume. */
  readonly historyLength: number;
  readonly best?: BestMark | undefined;
  /** Seconds of training so far, over all processes. */
  readonly trainSeconds: number;
}

/** A checkpoint in memory. */
export interface Checkpoint {
  readonly state: CheckpointState;
  /** `parameters/<name>`, `optimizer.<slot>/<name>`, and `average/<name>` for EMA weights. */
  readonly tensors: Record<string, NamedTensor>;
}

/** A checkpoint that was passed over. */
export interface SkippedCheckpoint {
  readonly name: string;
  readonly reason: string;
}

const FOLDER = /^step-(\d{8,12})$/;
const NEWEST_KEPT = 2;

/** The folder's name of a step's checkpoint. */
export function checkpointName(step: number): string {
  return `step-${String(step).padStart(8, "0")}`;
}

/**
 * Writes a checkpoint and removes those no longer needed: the two newest and the best stay. Checkpoints of later steps
 * go too: they are of a continuation that was given up because they were damaged.
 *
 * @param folder the run's `checkpoints`, made when it is missing
 * @throws {LatentboardError} kind `unavailable` when the disk is full; older checkpoints are untouched then
 */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const name = checkpointName(checkpoint.state.step);
  const temporary = join(folder, `.${name}-${crypto.randomUUID()}`);
  try {
    await Deno.mkdir(temporary, { recursive: true });
    const tensors = writeSafetensors(checkpoint.tensors);
    const state = { ...checkpoint.state, tensorsSha256: sha256Hex(tensors) };
    const envelope = { formatVersion: CHECKPOINT_VERSION, stateSha256: hashState(state), state };
    await writeSynced(join(temporary, "tensors.safetensors"), tensors);
    await writeSynced(
      join(temporary, "state.json"),
      new TextEncoder().encode(JSON.stringify(envelope, null, 1) + "\n"),
    );
    await syncFolder(temporary);
    await Deno.remove(join(folder, name), { recursive: true }).catch(ignoreMissing);
    await Deno.rename(temporary, join(folder, name));
    await syncFolder(folder);
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    throw describeWriteFailure(error, folder);
  }
  await prune(folder, checkpoint.state.step, checkpoint.state.best?.step);
}

/**
 * Reads one checkpoint and checks it.
 *
 * @param name such as `step-00000123`
 * @throws {LatentboardError} kind `damaged` when a part is missing, truncated or altered
 */
export async function readCheckpoint(folder: string, name: string): Promise<Checkpoint> {
  const envelope = await readEnvelope(join(folder, name, "state.json"));
  const { tensorsSha256, ...state } = envelope;
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(join(folder, name, "tensors.safetensors"));
  } catch (error) {
    throw damaged(name, "its tensors.safetensors can't be read", error);
  }
  if (sha256Hex(bytes) !== tensorsSha256) throw damaged(name, "its tensors.safetensors is truncated or altered");
  return { state, tensors: readSafetensors(bytes).tensors };
}

/**
 * Reads the newest checkpoint that is whole.
 *
 * @returns the checkpoint and those that were passed over as damaged; undefined where there is none at all
 * @throws {LatentboardError} kind `damaged` when there are checkpoints but none is whole
 */
export async function readNewestCheckpoint(
  folder: string,
): Promise<{ checkpoint: Checkpoint; skipped: SkippedCheckpoint[] } | undefined> {
  const names = await listCheckpoints(folder);
  const skipped: SkippedCheckpoint[] = [];
  for (const name of names.reverse()) {
    try {
      return { checkpoint: await readCheckpoint(folder, name), skipped };
    } catch (error) {
      if (!(error instanceof LatentboardError) || error.kind !== "damaged") throw error;
      skipped.push({ name, reason: error.message });
    }
  }
  if (skipped.length === 0) return undefined;
  throw new LatentboardError(
    "damaged",
    `None of the ${skipped.length} checkpoints in ${folder} is whole: train again without --resume`,
  );
}

/**
 * The names of the checkpoints in a folder, oldest first; they are not opened.
 *
 * @param folder the run's `checkpoints`; empty where it does not exist
 */
export async function listCheckpoints(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isDirectory && FOLDER.test(entry.name)) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort((a, b) => Number(FOLDER.exec(a)![1]) - Number(FOLDER.exec(b)![1]));
}

/**
 * Makes one clear sentence of a failed write.
 *
 * @param path the file or folder that was being written, where the error does not name it
 * @returns a LatentboardError for a full disk or a missing permission, the error itself otherwise
 */
export function describeWriteFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error;
  if (/no space left|os error 28|os error 112|disk quota|os error 122/i.test(error.message)) {
    return new LatentboardError(
      "unavailable",
      `The disk that holds ${
        faultyPath(error) ?? path
      } is full: free some space and continue with --resume, older checkpoints are intact`,
      { cause: error },
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new LatentboardError(
      "unavailable",
      `Cannot write to ${faultyPath(error) ?? path}: choose a --home that you may write to`,
      {
        cause: error,
      },
    );
  }
  return error;
}

async function prune(folder: string, step: number, bestStep: number | undefined): Promise<void> {
  const names = await listCheckpoints(folder);
  const position = names.indexOf(checkpointName(step));
  const keep = new Set(names.slice(Math.max(0, position + 1 - NEWEST_KEPT), position + 1));
  if (bestStep !== undefined) keep.add(checkpointName(bestStep));
  for (const name of names) {
    if (!keep.has(name)) await Deno.remove(join(folder, name), { recursive: true });
  }
  for await (const entry of Deno.readDir(folder)) { // left by a process that was killed while it wrote
    if (entry.name.startsWith(".step-")) await Deno.remove(join(folder, entry.name), { recursive: true });
  }
}

async function readEnvelope(path: string): Promise<CheckpointState & { tensorsSha256: string }> {
  const name = path.split(/[\\/]/).at(-2)!;
  let envelope: { formatVersion?: unknown; stateSha256?: unknown; state?: unknown };
  try {
    envelope = JSON.parse(await Deno.readTextFile(path)) as typeof envelope;
  } catch (error) {
    throw damaged(name, "its state.json can't be read", error);
  }
  if (typeof envelope !== "object" || envelope === null || typeof envelope.state !== "object") {
    throw damaged(name, "its state.json is not a checkpoint's");
  }
  if (envelope.formatVersion !== CHECKPOINT_VERSION) {
    throw damaged(name, `it has format ${String(envelope.formatVersion)}, this version reads ${CHECKPOINT_VERSION}`);
  }
  if (hashState(envelope.state) !== envelope.stateSha256) throw damaged(name, "its state.json was altered");
  return envelope.state as CheckpointState & { tensorsSha256: string };
}

function hashState(state: unknown): string {
  return sha256Hex(new TextEncoder().encode(JSON.stringify(state)));
}

function damaged(name: string, fault: string, cause?: unknown): LatentboardError {
  return new LatentboardError(
    "damaged",
    `The checkpoint ${name} is damaged: ${fault}`,
    { cause },
  );
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
