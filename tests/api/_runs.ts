/** What the tests of runs share: a configuration that trains in seconds, runs that are followed, processes that are ended. */
import { assertEquals } from "deno-std/assert/mod.js";
import type { RunEvent, RunState, RunSummary, StartRunRequest } from "../../lib/protocol_runs.ts";
import { isLocked, runIds, runPath } from "../../lib/runs/mod.ts";
import { readRunProcess } from "../../lib/training/control.ts";
import { openApp, type TestApp } from "../http/app.ts";
import { readEvents, readResponse } from "./_responses.ts";

/** A small perceptron on the shipped sample: 40 steps per epoch, each a few milliseconds. */
export const SMALL = {
  architecture: { kind: "mlp", hidden: [16] },
  latentDim: 2,
  batchSize: 250,
  epochs: 3,
} as const;

/** One that goes on until it is stopped. */
export const ENDLESS = { ...SMALL, epochs: 5000 } as const;

/** Opens the app for a test, and ends afterwards whatever it began to train. */
export async function withRuns(test: (app: TestApp) => Promise<void>): Promise<void> {
  const app = await openApp({ models: false });
  try {
    await test(app);
  } finally {
    for (const { id } of (await app.services.runs.list({ state: "queued" })).runs) await app.services.runs.remove(id);
    for (const id of await runIds(app.home)) await kill(app, id);
    await app[Symbol.asyncDispose]();
  }
}

/** Ends a run's process as a crash would, and waits until it is gone. */
export async function kill(app: TestApp, id: string): Promise<void> {
  const path = runPath(app.home, id);
  for (let waited = 0; waited < 100; waited++) {
    const process = await readRunProcess(path);
    if (await isLocked(path) && process !== undefined) {
      try {
        Deno.kill(process.pid, "SIGKILL");
      } catch {
        // it has just ended
      }
    } else if ((await app.services.runs.get(id)).state !== "starting") return;
    await pause(50);
  }
}

/** Starts a run. */
export async function start(app: TestApp, request: StartRunRequest): Promise<RunSummary> {
  return await readResponse(await app.send("/api/runs", request), "Run", 201);
}

/** How a run stands. */
export async function stateOf(app: TestApp, id: string): Promise<RunState> {
  return (await readResponse(await app.get(`/api/runs/${id}`), "RunDetail")).state;
}

/** Waits until a run stands so. */
export async function until(app: TestApp, id: string, state: RunState, seconds = 60): Promise<void> {
  let seen: RunState | undefined;
  for (let waited = 0; waited < seconds * 20; waited++) {
    seen = await stateOf(app, id);
    if (seen === state) return;
    await pause(50);
  }
  const failure = (await app.services.runs.get(id)).failure;
  assertEquals(seen, state, failure);
}

/** A run's events as they come down, checked to be whole: ids count up by one. */
export async function follow(app: TestApp, id: string, after = 0) {
  const events = readEvents(
    await app.get(`/api/runs/${id}/events`, after === 0 ? {} : { "last-event-id": String(after) }),
  );
  let last = after;
  return {
    /** All events up to the first that `ends` the search. */
    async upTo(ends: (event: RunEvent) => boolean): Promise<RunEvent[]> {
      const found: RunEvent[] = [];
      for (let next = await events.next(); next !== undefined; next = await events.next()) {
        if (next.event === "run") continue; // how it stands, beside the log
        const event = next.data as RunEvent;
        assertEquals([Number(next.id), next.event], [event.id, event.type]);
        assertEquals(event.id, ++last, "nothing missed, nothing twice");
        found.push(event);
        if (ends(event)) return found;
      }
      throw new Error(`The stream of ${id} ended before what was waited for`);
    },
    leave: () => events.leave(),
  };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
