/**
 * A run on disk: `<home>/runs/<id>/` with config.yaml, run.json, history.jsonl, checkpoints/, samples/ and the loss
 * curves. Whoever trains holds the run's lock; the system lets go of it when the process ends, however it ends.
 */
import { basename, join } from "node:path";
import { stringify } from "yaml";
import type { DataFingerprint } from "../dataset/fingerprint.ts";
import { LatentboardError } from "../errors.ts";
import { resolveUserPath } from "../settings.ts";
import { exists, sha256Hex, writeFileAtomic } from "../system/files.ts";

/** How a run stands. A run that was killed still says `running` or `paused`; its lock is free then. */
export type RunStatus = "queued" | "running" | "paused" | "interrupted" | "finished" | "failed";

/** The whole of run.json. */
export interface RunInfo {
  readonly id: string;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly status: RunStatus;
  readonly config: Record<string, unknown>;
  /** Options of the command that started it, beside the configuration, such as where the model goes. */
  readonly settings: Record<string, unknown>;
  /** The pictures that it is trained on; absent until they were first read. */
  readonly data?: DataFingerprint | undefined;
  /** Why it failed, in one sentence. */
  readonly failure?: string | undefined;
}

/** In the folder of a run that was forked: the tensors of a checkpoint of the other run. */
export const FORKED_WEIGHTS = "initial.safetensors";

/** How often a lock is tried for, and the milliseconds between two attempts. */
const LOCK_ATTEMPTS = 10;
const LOCK_PAUSE = 50;

/**
 * Reserves a model's name for one training, so that a second one of the same name learns of the first before it has
 * read its pictures.
 *
 * @param models the folder that the model goes to
 * @returns lets go of the name; so does the system when the process ends
 * @throws {LatentboardError} `conflict` when another process trains a model of that name
 */
export async function reserveModelName(home: string, models: string, name: string): Promise<Disposable> {
  const folder = join(home, "locks");
  await Deno.mkdir(folder, { recursive: true });
  const file = await takeLock(join(folder, `${name}-${sha256Hex(new TextEncoder().encode(models)).slice(0, 12)}`));
  if (file !== undefined) return { [Symbol.dispose]: () => file.close() };
  throw new LatentboardError(
    "conflict",
    `A model named "${name}" is being trained by another process: choose another --name, or wait for it`,
    { field: "name" },
  );
}

/** An open file that is locked; undefined where another process has it. */
async function takeLock(path: string): Promise<Deno.FsFile | undefined> {
  const file = await Deno.open(path, { write: true, create: true });
  for (let attempt = 1; !await file.tryLock(true); attempt++) { // someone may only be looking whether it is free
    if (attempt >= LOCK_ATTEMPTS) {
      file.close();
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE));
  }
  return file;
}

/** A run's folder and the files in it. */
export class RunFolder {
  #lock: Deno.FsFile | undefined;

  private constructor(
    /** The run's folder, absolute. */
    readonly path: string,
    /** What run.json said when the folder was opened or last changed. */
    public info: RunInfo,
  ) {}

  get checkpoints(): string {
    return join(this.path, "checkpoints");
  }

  get samples(): string {
    return join(this.path, "samples");
  }

  get history(): string {
    return join(this.path, "history.jsonl");
  }

  /**
   * Makes a new run and takes its lock.
   *
   * @param info what is known of the run; `id` and `createdAt` are made here
   * @param status how it stands
   * @returns the run, locked
   */
  static async create(
    home: string,
    info: Omit<RunInfo, "id" | "createdAt" | "status">,
    status: RunStatus = "running",
  ): Promise<RunFolder> {
    const createdAt = new Date().toISOString();
    const stamp = createdAt.replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
    const runs = join(home, "runs");
    await Deno.mkdir(runs, { recursive: true });
    for (let attempt = 1;; attempt++) {
      const id = `${info.name}-${stamp}${attempt > 1 ? `-${attempt}` : ""}`;
      try {
        await Deno.mkdir(join(runs, id));
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) continue;
        throw error;
      }
      const run = new RunFolder(join(runs, id), { id, createdAt, status, ...info });
      await run.#acquire();
      await Deno.mkdir(run.samples);
      await writeFileAtomic(join(run.path, "config.yaml"), stringify(info.config));
      await run.update({});
      return run;
    }
  }

  /**
   * Opens a run that was made earlier and takes its lock.
   *
   * @param id the run's id, the path of its folder, or `latest`
   * @returns the run, locked
   * @throws {LatentboardError} `not-found` when there is none, `conflict` when another process trains it, `damaged`
   * when its run.json can't be read
   */
  static async open(home: string, id: string): Promise<RunFolder> {
    const path = await findRun(home, id);
    if (path === undefined) throw await noRun(home, id);
    const run = new RunFolder(path, await readRunInfo(path));
    await run.#acquire();
    return run;
  }

  /** Changes run.json. */
  async update(change: Partial<Omit<RunInfo, "id" | "createdAt">>): Promise<void> {
    this.info = { ...this.info, ...change };
    await writeFileAtomic(join(this.path, "run.json"), JSON.stringify(this.info, null, 2) + "\n");
  }

  /** Lets go of the lock. */
  close(): void {
    this.#lock?.close();
    this.#lock = undefined;
  }

  /** Closes the run; for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #acquire(): Promise<void> {
    const file = await takeLock(join(this.path, "lock"));
    if (file === undefined) {
      throw new LatentboardError(
        "conflict",
        `The run ${this.info.id} is being trained by another process: wait for it or stop it first`,
      );
    }
    this.#lock = file;
  }
}

/**
 * Reads a run's run.json.
 *
 * @throws {LatentboardError} kind `damaged` when it can't be read
 */
export async function readRunInfo(path: string): Promise<RunInfo> {
  try {
    const info = JSON.parse(await Deno.readTextFile(join(path, "run.json"))) as RunInfo;
    if (typeof info.id === "string" && typeof info.config === "object" && info.config !== null) return info;
    throw new TypeError("run.json lacks its id or config");
  } catch (error) {
    throw new LatentboardError("damaged", `Cannot read ${join(path, "run.json")}: train again without --resume`, {
      cause: error,
    });
  }
}

/**
 * Lists the runs of a home, newest first.
 *
 * @returns their ids; empty where there are none
 */
export async function listRuns(home: string): Promise<string[]> {
  const runs: { id: string; createdAt: string }[] = [];
  try {
    for await (const entry of Deno.readDir(join(home, "runs"))) {
      if (!entry.isDirectory) continue;
      const info = await readRunInfo(join(home, "runs", entry.name)).catch(() => undefined);
      if (info !== undefined) runs.push({ id: entry.name, createdAt: info.createdAt });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return runs.sort((a, b) => b.createdAt.localeCompare(a.createdAt)).map(({ id }) => id);
}

/**
 * Finds a run's folder.
 *
 * @param id the run's id, its folder, or `latest`
 * @returns its path; undefined where there is none
 */
export async function findRun(home: string, id: string): Promise<string | undefined> {
  const named = id === "latest" ? (await listRuns(home))[0] : id;
  if (named === undefined) return undefined;
  const places = basename(named) === named
    ? [join(home, "runs", named), resolveUserPath(named)]
    : [resolveUserPath(named)];
  for (const place of places) if (await exists(join(place, "run.json"))) return place;
  return undefined;
}

async function noRun(home: string, id: string): Promise<LatentboardError> {
  const runs = await listRuns(home);
  const hint = runs.length === 0 ? "there are no runs yet" : `the newest are ${runs.slice(0, 3).join(", ")}`;
  return new LatentboardError("not-found", `There is no run "${id}": ${hint}`, { field: "resume" });
}
