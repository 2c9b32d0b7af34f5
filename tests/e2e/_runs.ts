/** What the browser tests of training share. */
import type { Page } from "playwright-core";
import type { RunPage, RunState, RunSummary, StartRunRequest } from "../../lib/protocol_runs.ts";
import { eventually, type RunningApp } from "./_app.ts";

/** Times say nothing of us while other work keeps every core busy. */
export const IS_QUIET = Deno.loadavg()[0]! < 1.5 * navigator.hardwareConcurrency;

/** A small perceptron on the shipped sample: 40 steps per epoch, each a few milliseconds. */
export const SMALL = { architecture: { kind: "mlp", hidden: [16] }, latentDim: 2, batchSize: 250, epochs: 2 };

/** Starts a run. */
export async function startRun(page: Page, app: RunningApp, request: StartRunRequest): Promise<RunSummary> {
  return await (await page.request.post(`${app.origin}/api/runs`, { data: request })).json() as RunSummary;
}

/** Waits until a run stands so. */
export async function untilState(page: Page, app: RunningApp, id: string, state: RunState): Promise<void> {
  await eventually(async () => {
    const run = await (await page.request.get(`${app.origin}/api/runs/${id}`)).json() as RunSummary;
    return run.state === state || undefined;
  }, 60);
}

/** Ends whatever a test left training: runs outlive the server. */
export async function discardAll(page: Page, app: RunningApp): Promise<void> {
  const active = async () => {
    const { runs } = await (await page.request.get(`${app.origin}/api/runs`)).json() as RunPage;
    return runs.filter(({ actions }) => actions.includes("discard"));
  };
  for (const { id } of await active()) {
    await page.request.post(`${app.origin}/api/runs/${id}/stop`, { data: { keep: "nothing" } });
  }
  await eventually(async () => (await active()).length === 0 || undefined, 30);
}
