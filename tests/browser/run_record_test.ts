import { assert, assertEquals } from "deno-std/assert/mod.js";
import { alignLines, smooth } from "../../lib/browser/runs/curve_lines.ts";
import { RunEventClient } from "../../lib/browser/runs/run_event_client.ts";
import { RunRecord } from "../../lib/browser/runs/run_record.ts";
import { settingDifferences } from "../../lib/browser/setting_differences.ts";
import type { RunEvent, RunMetricsEvent, RunStartEvent } from "../../lib/protocol_runs.ts";

const start = (id: number, step: number): RunStartEvent => ({
  type: "start",
  id,
  time: 0,
  step,
  totalSteps: 100,
  epochs: 2,
  parameters: 1,
  captured: true,
});

const metrics = (id: number, step: readonly number[], loss = step.map(() => id)): RunMetricsEvent => ({
  type: "metrics",
  id,
  time: 0,
  step,
  loss,
  reconstruction: loss,
  kl: loss,
  learningRate: loss,
  beta: loss,
  epoch: 1,
  imagesPerSecond: 10,
  secondsLeft: 1,
});

Deno.test("RunRecord drops what a run trains again after its checkpoint", () => {
  const record = new RunRecord();
  record.add(start(1, 0));
  record.add(metrics(2, [1, 2, 3, 4]));
  const snapshot = { epoch: 1, mse: 0, klPerLatent: [], decoderSha256: "" };
  for (const [id, step] of [[3, 2], [4, 4]] as const) record.add({ type: "snapshot", id, time: 0, step, ...snapshot });
  record.add(start(5, 2));
  record.add(metrics(6, [3, 4, 5]));
  assertEquals([...record.curves.column("step")], [1, 2, 3, 4, 5]);
  assertEquals([...record.curves.column("loss")], [2, 2, 6, 6, 6]);
  assertEquals(record.snapshots.map(({ step }) => step), [2]);
});

Deno.test("RunRecord holds long runs, and keeps what JSON has no number for as a gap", () => {
  const record = new RunRecord();
  for (let id = 1; id <= 300; id++) {
    record.add(metrics(id, Array.from({ length: 10 }, (_, i) => (id - 1) * 10 + i + 1)));
  }
  record.add(metrics(301, [3001], [null as unknown as number]));
  assertEquals(record.curves.length, 3001);
  assertEquals(record.curves.column("step")[2999], 3000);
  assert(Number.isNaN(record.curves.column("loss")[3000]));
});

/** An EventSource that a test speaks through. */
class FakeStream extends EventTarget {
  static readonly opened: FakeStream[] = [];
  closed = false;
  constructor(readonly url: string) {
    super();
    FakeStream.opened.push(this);
  }
  close() {
    this.closed = true;
  }
  say(event: RunEvent) {
    this.dispatchEvent(new MessageEvent(event.type, { data: JSON.stringify(event) }));
  }
}

Deno.test("RunEventClient goes on after a lost connection with nothing missed and nothing twice", async () => {
  const taken: number[] = [];
  const client = new RunEventClient(
    "a",
    { onEvent: ({ id }) => taken.push(id), onRun: () => {}, onConnection: () => {} },
    {},
    { openStream: (url) => new FakeStream(url) as unknown as EventSource, retryAfter: [1] },
  );
  client.open();
  const first = FakeStream.opened.at(-1)!;
  assertEquals(first.url, "/api/runs/a/events?after=0");
  first.say(metrics(1, [1]));
  first.say(metrics(2, [2]));
  first.dispatchEvent(new Event("error"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const second = FakeStream.opened.at(-1)!;
  assertEquals([first.closed, second.url], [true, "/api/runs/a/events?after=2"]);
  second.say(metrics(2, [2])); // a proxy may repeat
  second.say(metrics(3, [3]));
  client.close();
  assertEquals([taken, second.closed], [[1, 2, 3], true]);
});

Deno.test("smooth() starts at the first value, follows a level, and leaves gaps", () => {
  const smoothed = smooth([4, 4, NaN, 4], 0.9);
  assertEquals([...smoothed].map((value) => Math.round(value * 1e6) / 1e6), [4, 4, NaN, 4]);
  assertEquals([...smooth([1, 3], 0)], [1, 3]);
  const rising = smooth([0, 1], 0.5);
  assert(rising[0] === 0 && Math.abs(rising[1]! - 2 / 3) < 1e-12);
});

Deno.test("alignLines() puts lines onto the union of their steps, and passes over what a line doesn't have", () => {
  const { x, y } = alignLines([{ x: [1, 2, 4], y: [10, 20, 40] }, { x: [2, 3], y: [7, NaN] }]);
  assertEquals([...Array.from(x)], [1, 2, 3, 4]);
  assertEquals(Array.from(y[0]!), [10, 20, undefined, 40]);
  assertEquals(Array.from(y[1]!), [undefined, 7, null, undefined]);
});

Deno.test("alignLines() leaves out what a logarithmic scale can't show", () => {
  assertEquals(Array.from(alignLines([{ x: [1, 2], y: [0, 1] }], true).y[0]!), [null, 1]);
});

Deno.test("settingDifferences() names each setting that is not the same everywhere", () => {
  const differences = settingDifferences([
    { epochs: 1, optimizer: { kind: "adam" }, hidden: [1] },
    { epochs: 1, optimizer: { kind: "sgd" }, hidden: [1, 2] },
    { epochs: 1, optimizer: { kind: "adam" }, hidden: [1], extra: true },
  ]);
  assertEquals(differences, [
    { path: "optimizer.kind", values: ["adam", "sgd", "adam"] },
    { path: "hidden", values: [[1], [1, 2], [1]] },
    { path: "extra", values: [undefined, undefined, true] },
  ]);
});
