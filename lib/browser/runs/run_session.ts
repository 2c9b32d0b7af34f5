/** One run in one window: its record, how it stands, and what a person does with it. */
import { type Signal, signal } from "@preact/signals";
import type { RunAction, RunEvent, RunMetrics, RunSnapshot, RunSummary } from "../../protocol_runs.ts";
import type { Connection } from "../backend.ts";
import { errorText, send, sendJson } from "../requests.ts";
import { Toasts } from "../toasts.ts";
import { announceEnd } from "./run_notices.ts";
import { RunCurves } from "./run_curves.ts";
import { RunEventClient } from "./run_event_client.ts";
import { RunRecord } from "./run_record.ts";
import { hasEnded } from "./run_words.ts";

/** Milliseconds between two updates of the page, however many events come. */
const UPDATE_MS = 150;
/** Points of each overlaid curve: more than a screen has pixels. */
const OVERLAY_POINTS = 4000;

/** Another run whose curves lie over this one's. */
export interface Overlay {
  readonly id: string;
  readonly title: string;
  readonly curves: RunCurves;
}

/** The controller of one run's page. */
export class RunSession {
  readonly record = new RunRecord();
  /** Rises when the record has grown. */
  readonly changes = signal(0);
  readonly run: Signal<RunSummary>;
  readonly connection: Signal<Connection> = signal("connecting");
  readonly overlays: Signal<readonly Overlay[]> = signal([]);
  readonly deleted = signal(false);
  /** Whether an action is under way. */
  readonly busy = signal(false);
  readonly toasts = new Toasts();
  /** The snapshot that is shown; undefined follows the newest. */
  readonly chosenSnapshot: Signal<RunSnapshot | undefined> = signal();

  readonly #client: RunEventClient;
  #update: ReturnType<typeof setTimeout> | undefined;

  constructor(run: RunSummary) {
    this.run = signal(run);
    this.#client = new RunEventClient(run.id, {
      onEvent: (event) => this.#receive(event),
      onRun: (summary) => this.#receiveRun(summary),
      onConnection: (connection) => this.connection.value = connection,
    });
  }

  /** Follows the run until the returned function is called. */
  follow(): () => void {
    this.#client.open();
    const listeners = new AbortController();
    const { signal } = listeners;
    addEventListener("pageshow", () => this.#client.open(), { signal });
    addEventListener("pagehide", () => this.#client.close(), { signal });
    return () => {
      listeners.abort();
      clearTimeout(this.#update);
      this.#client.close();
    };
  }

  /** The snapshot to show. */
  get snapshot(): RunSnapshot | undefined {
    void this.changes.value;
    return this.chosenSnapshot.value ?? this.record.snapshots.at(-1);
  }

  /** Does what a button says; `fork` is a link of its own. */
  async act(action: Exclude<RunAction, "fork">): Promise<void> {
    const { id } = this.run.peek();
    const path = `/api/runs/${id}`;
    await this.#attempt(async () => {
      switch (action) {
        case "pause":
        case "resume":
          this.run.value = await sendJson<RunSummary>(`${path}/${action}`, {});
          break;
        case "stop":
        case "finish":
          this.run.value = await sendJson<RunSummary>(`${path}/stop`, {
            keep: action === "stop" ? "checkpoint" : "model",
          });
          break;
        case "discard":
          await sendJson(`${path}/stop`, { keep: "nothing" });
          this.#client.close();
          this.deleted.value = true;
          break;
        case "delete":
          await send(path, { method: "DELETE" });
          this.#client.close();
          this.deleted.value = true;
      }
    });
  }

  /** Takes a deletion back. */
  async restore(): Promise<void> {
    await this.#attempt(async () => {
      await send(`/api/runs/${this.run.peek().id}/restore`, { method: "POST" });
      this.deleted.value = false;
      this.#client.open();
    });
  }

  /** Lays another run's curves over these. */
  async overlay(id: string, title: string): Promise<void> {
    await this.#attempt(async () => {
      const overlay = { id, title, curves: await readCurves(id) };
      this.overlays.value = [...this.overlays.peek().filter((other) => other.id !== id), overlay];
    });
  }

  /** Takes a run's curves away again. */
  removeOverlay(id: string): void {
    this.overlays.value = this.overlays.peek().filter((other) => other.id !== id);
  }

  #receive(event: RunEvent): void {
    this.record.add(event);
    this.#update ??= setTimeout(() => {
      this.#update = undefined;
      this.changes.value++;
    }, UPDATE_MS);
  }

  #receiveRun(run: RunSummary): void {
    const before = this.run.peek();
    this.run.value = run;
    if (hasEnded(run.state) && !hasEnded(before.state)) announceEnd(run);
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.busy.value = true;
    try {
      await work();
    } catch (error) {
      this.toasts.show(errorText(error));
    } finally {
      this.busy.value = false;
    }
  }
}

/** Another run's curves, thinned to what a screen shows. */
export async function readCurves(id: string): Promise<RunCurves> {
  const response = await send(`/api/runs/${id}/metrics?points=${OVERLAY_POINTS}`);
  const curves = new RunCurves();
  curves.addAll((await response.json() as RunMetrics).steps);
  return curves;
}
