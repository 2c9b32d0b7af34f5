/** The training runs of a home: begun, queued, steered, deleted. Each is a process of its own that outlives the server. */
import { join } from "node:path";
import { stringify } from "yaml";
import { LatentboardError } from "../errors.ts";
import { log } from "../log.ts";
import { listModels } from "../model/mod.ts";
import { modelNameOf } from "../vae/naming.ts";
import type { RunDetail, RunPage, RunState, RunSummary, StartRunRequest, StopRunRequest } from "../protocol_runs.ts";
import { type ControlCommand, readRunProcess, sendControl } from "../training/control.ts";
import { EVENT_LOG, lastEventId } from "../training/event_log.ts";
import { listCheckpoints } from "../training/checkpoint.ts";
import { FORKED_WEIGHTS, RunFolder } from "../training/run.ts";
import type { TrainingConfig } from "../vae/config_schema.ts";
import { readConfig } from "./form.ts";
import type { LaunchedExit, TrainerLauncher } from "./launch.ts";
import { RunQueueFile } from "./queue.ts";
import { SourceRules } from "./sources.ts";
import { actionsOf, listSnapshots, readRun, runIds, runPath, RunSummaries, stateOf, type StoredRun } from "./store.ts";
import { Trash } from "../system/trash.ts";

/** What {@linkcode Runs} is given. */
export interface RunsOptions {
  readonly home: string;
  /** The models' folder: finished models go there. */
  readonly models: string;
  /** Starts the processes. */
  readonly launcher: TrainerLauncher;
  /** Which pictures a run may be started on. */
  readonly sources: SourceRules;
  /** Runs that train at the same time; 1 by default, since they share one device. */
  readonly atOnce?: number;
}

/** Which runs of a list are wanted. */
export interface RunsQuery {
  readonly state?: RunState;
  /** Part of the name, title or source, in any case. */
  readonly text?: string;
  /** `newest` by default; `best` by held-out loss. */
  readonly order?: "newest" | "oldest" | "best";
  readonly offset?: number;
  readonly limit?: number;
}

/** How often the queue is looked at while runs wait, milliseconds. */
const TICK = 500;

/** How long a process that was just started is waited for until it can be steered, milliseconds. */
const PATIENCE = 20_000;

/** The training runs of a home. */
export class Runs {
  readonly #options: RunsOptions;
  readonly #summaries: RunSummaries;
  readonly #queue: RunQueueFile;
  readonly #trash: Trash;
  /** Processes that were started here and have not ended. */
  readonly #launched = new Map<string, Promise<void>>();
  /** Runs that are deleted as soon as their process has ended. */
  readonly #discarded = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** One change of the queue at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Starts nothing before {@linkcode resumeQueue}. */
  constructor(options: RunsOptions) {
    this.#options = options;
    this.#summaries = new RunSummaries(options.models);
    this.#queue = new RunQueueFile(options.home);
    this.#trash = new Trash(options.home, "runs");
  }

  /** Goes on with the queue that an earlier server left. */
  async resumeQueue(): Promise<void> {
    await this.#trash.empty();
    await this.#startNext();
  }

  /** The runs of a query, with how many there are in all. */
  async list(query: RunsQuery = {}): Promise<RunPage> {
    const { state, text, order = "newest", offset = 0, limit = 100 } = query;
    const waiting = await this.#queue.read();
    const all: RunSummary[] = [];
    for (const id of await runIds(this.#options.home)) {
      const run = await readRun(this.#options.home, id).catch(ignoreFault);
      if (run !== undefined) all.push(await this.#summarize(run, waiting));
    }
    const wanted = text?.toLowerCase();
    const found = all.filter((run) =>
      (state === undefined || run.state === state) &&
      (wanted === undefined || [run.id, run.title, run.source].some((field) => field.toLowerCase().includes(wanted)))
    );
    const byAge = (a: RunSummary, b: RunSummary) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id);
    found.sort(
      order === "best" ? (a, b) => (a.bestLoss ?? Infinity) - (b.bestLoss ?? Infinity) || byAge(a, b) : byAge,
    );
    if (order === "oldest") found.reverse();
    return { runs: found.slice(offset, offset + limit), total: found.length };
  }

  /**
   * How a run stands.
   *
   * @throws {LatentboardError} `not-found`, or `damaged`
   */
  async get(id: string): Promise<RunSummary> {
    return await this.#summarize(await readRun(this.#options.home, id), await this.#queue.read());
  }

  /** A run with its configuration and snapshots. */
  async detail(id: string): Promise<RunDetail> {
    const run = await readRun(this.#options.home, id);
    return {
      ...await this.get(id),
      config: run.info.config,
      yaml: stringify(run.info.config),
      lastEvent: await lastEventId(join(run.path, EVENT_LOG)),
      snapshots: await listSnapshots(run.path),
    };
  }

  /** The folder of a run, which must exist. */
  async folder(id: string): Promise<string> {
    return (await readRun(this.#options.home, id)).path;
  }

  /**
   * Puts a new run into the queue; it starts at once where nothing else trains.
   *
   * @throws {LatentboardError} `invalid` for a configuration that is none, `forbidden` for pictures outside the roots,
   * `conflict` for a fork of weights that are not there
   */
  async start(request: StartRunRequest): Promise<RunSummary> {
    const { home, models, sources } = this.#options;
    const { force = false, fork, tensorboard = false } = request;
    const config = readConfig(request);
    const parent = fork && (await readRun(home, fork.run)).info.config as { data?: { source?: string } };
    // a fork may learn from the pictures of its parent, which a terminal may have named
    if (parent?.data?.source !== config.data.source) await sources.check(config.data.source);
    const weights = fork?.weights === true ? await this.#newestWeights(fork.run) : undefined;
    const name = await this.#freeName(config, force);
    const settings = {
      models,
      force,
      snapshots: 0,
      tensorboard,
      ...(fork === undefined ? {} : { forkedFrom: fork.run }),
    };
    const id = await this.#inTurn(async () => {
      using run = await RunFolder.create(home, { name, config: { ...config, name }, settings }, "queued");
      if (weights !== undefined) await Deno.writeFile(join(run.path, FORKED_WEIGHTS), weights);
      await this.#queue.write([...await this.#queue.read(), run.info.id]);
      return run.info.id;
    });
    await this.#startNext();
    return await this.get(id);
  }

  /**
   * Pauses a run between two steps.
   *
   * @throws {LatentboardError} `conflict` when that can't be done with a run that stands so
   */
  async pause(id: string): Promise<RunSummary> {
    await this.#require(id, "pause");
    await this.#send(id, "pause");
    return await this.#until(id, (state) => state !== "running");
  }

  /** Goes on with a paused run, or puts one that has ended into the queue, to go on at its last checkpoint. */
  async resume(id: string): Promise<RunSummary> {
    const state = await this.#require(id, "resume");
    if (state === "paused") {
      await this.#send(id, "run");
      return await this.#until(id, (now) => now !== "paused");
    }
    await this.#launched.get(id); // a process that has let go of the run may still be about to end
    await this.#inTurn(async () => {
      using run = await RunFolder.open(this.#options.home, id);
      await run.update({ status: "queued", failure: undefined });
      await this.#queue.write([...(await this.#queue.read()).filter((other) => other !== id), id]);
    });
    await this.#startNext();
    return await this.get(id);
  }

  /** Ends a run's process. */
  async stop(id: string, { keep }: StopRunRequest): Promise<RunSummary> {
    await this.#require(id, keep === "model" ? "finish" : keep === "nothing" ? "discard" : "stop");
    if (keep === "nothing") this.#discarded.add(id);
    await this.#send(id, keep === "model" ? "finish" : "stop");
    this.#arm();
    return await this.get(id);
  }

  /**
   * Deletes a run; {@linkcode restore} takes it back.
   *
   * @throws {LatentboardError} `conflict` while its process lives
   */
  async remove(id: string): Promise<void> {
    await this.#require(id, "delete");
    await this.#inTurn(async () => {
      await this.#queue.write((await this.#queue.read()).filter((other) => other !== id));
      await this.#trash.take(runPath(this.#options.home, id), id);
    });
  }

  /** Takes back a deletion. A run that waited comes to the end of the queue. */
  async restore(id: string): Promise<RunSummary> {
    await this.#inTurn(async () => {
      await this.#trash.restore(runPath(this.#options.home, id), id);
      const { info } = await readRun(this.#options.home, id);
      if (info.status === "queued") await this.#queue.write([...await this.#queue.read(), id]);
    });
    await this.#startNext();
    return await this.get(id);
  }

  /** The waiting runs, first to last. */
  async order(): Promise<string[]> {
    const { runs } = await this.list({ state: "queued", limit: Infinity });
    const order = await this.#queue.read();
    const placeOf = ({ id }: RunSummary) => order.includes(id) ? order.indexOf(id) : Infinity;
    return runs.toSorted((a, b) => placeOf(a) - placeOf(b) || a.createdAt.localeCompare(b.createdAt)).map(({ id }) =>
      id
    );
  }

  /**
   * Changes the order of the waiting runs. Those that are not named come after those that are.
   *
   * @throws {LatentboardError} `invalid` when a run does not wait
   */
  async reorder(order: readonly string[]): Promise<string[]> {
    await this.#inTurn(async () => {
      const waiting = await this.order();
      const stranger = order.find((id) => !waiting.includes(id));
      if (stranger !== undefined) {
        throw new LatentboardError("invalid", `The run "${stranger}" does not wait: /api/queue lists those that do`, {
          field: "order",
        });
      }
      await this.#queue.write([...new Set([...order, ...waiting])]);
    });
    return await this.order();
  }

  /** Whether something trains now. */
  async busy(): Promise<boolean> {
    return (await this.#training()) > 0;
  }

  /** Starts no more; what trains goes on. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#turn.catch(() => {});
    this.#options.launcher.close();
  }

  async #summarize(run: StoredRun, waiting: readonly string[]): Promise<RunSummary> {
    const { id } = run.info;
    const state = stateOf(run, this.#launched.has(id));
    const position = waiting.indexOf(id);
    return await this.#summaries.summarize(run, state, state === "queued" && position >= 0 ? position : undefined);
  }

  async #require(id: string, action: RunSummary["actions"][number]): Promise<RunState> {
    const { state } = await this.get(id);
    if (actionsOf(state).includes(action)) return state;
    throw new LatentboardError("conflict", `A run that is ${state} can't do that now: look at it again`, {
      field: "id",
    });
  }

  /** Sends a command to a run's process, which may only be starting. */
  async #send(id: string, command: ControlCommand): Promise<void> {
    const path = runPath(this.#options.home, id);
    for (let waited = 0; waited < PATIENCE; waited += 100) {
      const run = await readRun(this.#options.home, id);
      if (!run.alive && !this.#launched.has(id)) break;
      const process = run.alive ? await readRunProcess(path) : undefined;
      // a process that has the lock but has not written its process.json yet would not see the command
      if (process !== undefined && run.info.status !== "queued") return await sendControl(path, process, command);
      await delay(100);
    }
    throw new LatentboardError("unavailable", "The run's process does not answer: look at the run again");
  }

  /** Waits a moment for a run to stand otherwise. */
  async #until(id: string, holds: (state: RunState) => boolean): Promise<RunSummary> {
    for (let waited = 0; waited < 2000; waited += 50) {
      const run = await this.get(id);
      if (holds(run.state)) return run;
      await delay(50);
    }
    return await this.get(id);
  }

  /** How many runs train or are about to; paused ones leave the device to others. */
  async #training(): Promise<number> {
    let count = 0;
    for (const id of await runIds(this.#options.home)) {
      const run = await readRun(this.#options.home, id).catch(ignoreFault);
      if (run === undefined) continue;
      const state = stateOf(run, this.#launched.has(id));
      if (state === "running" || state === "starting" || state === "stopping") count++;
    }
    return count;
  }

  /** Starts waiting runs while there is room, and looks again later while some wait. */
  async #startNext(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#removeDiscarded();
      let room = (this.#options.atOnce ?? 1) - await this.#training();
      const waiting = await this.order();
      for (const id of waiting) {
        if (room-- <= 0 || this.#closed) break;
        this.#launch(id);
      }
      const rest = waiting.filter((id) => !this.#launched.has(id));
      if (waiting.length > rest.length) await this.#queue.write(rest);
      if (rest.length > 0 || this.#launched.size > 0 || this.#discarded.size > 0) this.#arm();
    });
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#startNext().catch((error) => log.error("runs: the queue could not be read", { error }));
    }, TICK);
  }

  #launch(id: string): void {
    const ended = (exit: LaunchedExit) => this.#ended(id, exit);
    const launched = this.#options.launcher.launch({ action: "train", id }).then(
      ended,
      (error: unknown) => ended({ code: 1, error: error instanceof Error ? error.message : String(error) }),
    )
      .catch((error) => log.error("runs: the end of a run could not be recorded", { error, run: id }))
      .finally(() => this.#arm());
    this.#launched.set(id, launched);
  }

  /** A process that ended before it could say anything has failed; why stands in what it printed. */
  async #ended(id: string, { code, error }: LaunchedExit): Promise<void> {
    this.#launched.delete(id);
    if (code !== 0) log.debug("runs: a run's process ended", { run: id, code, error });
    await this.#inTurn(async () => {
      const run = await readRun(this.#options.home, id).catch(ignoreFault);
      if (run === undefined || run.alive || run.info.status !== "queued") return;
      const lines = error.trim().split("\n");
      const reason = lines.findLast((line) => line.startsWith("error: "))?.slice("error: ".length) ?? lines.at(-1);
      using folder = await RunFolder.open(this.#options.home, id);
      await folder.update({
        status: "failed",
        failure: reason || `Training ended with exit code ${code} before it began: try deno task train`,
      });
    });
  }

  async #removeDiscarded(): Promise<void> {
    for (const id of this.#discarded) {
      const run = await readRun(this.#options.home, id).catch(ignoreFault);
      if (run?.alive || this.#launched.has(id)) continue;
      this.#discarded.delete(id);
      if (run !== undefined) await this.#trash.take(run.path, id);
    }
  }

  /** The tensors of a run's newest checkpoint. */
  async #newestWeights(id: string): Promise<Uint8Array> {
    const { path } = await readRun(this.#options.home, id);
    const folder = join(path, "checkpoints");
    for (const name of (await listCheckpoints(folder)).reverse()) {
      const bytes = await Deno.readFile(join(folder, name, "tensors.safetensors")).catch(() => undefined);
      if (bytes !== undefined) return bytes; // one that is being replaced is passed over
    }
    throw new LatentboardError("conflict", `The run ${id} has no checkpoint yet: fork it afresh, or wait for one`, {
      field: "fork",
    });
  }

  /** The configuration's own name, or the one made of its data; with a number where it is taken. */
  async #freeName(config: TrainingConfig, force: boolean): Promise<string> {
    const name = modelNameOf(config);
    if (force) return name;
    const taken = new Set(await listModels(this.#options.models));
    for (const run of (await this.list({ limit: Infinity })).runs) {
      if (["queued", "starting", "running", "paused", "stopping"].includes(run.state)) taken.add(run.name);
    }
    if (!taken.has(name)) return name;
    const base = name.slice(0, 58);
    for (let number = 2;; number++) {
      if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

function ignoreFault(error: unknown): undefined {
  if (!(error instanceof LatentboardError)) throw error;
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
