import { assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { WorkerPool, type WorkerPoolOptions } from "../../lib/system/worker_pool.ts";

interface Task {
  readonly wait?: number;
  readonly fault?: string;
  readonly error?: string;
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

async function withPool(
  options: Partial<WorkerPoolOptions>,
  work: (pool: WorkerPool<Task, Uint8Array>) => Promise<void>,
): Promise<void> {
  const module = new URL("./_worker.ts", import.meta.url);
  const pool = new WorkerPool<Task, Uint8Array>({ module, bytes: 100, busy: "busy", late: "late", ...options });
  try {
    await work(pool);
  } finally {
    pool.close();
  }
}

const LONG = { wait: 60_000 };
const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

Deno.test("WorkerPool.run() hands bytes over and back, without copying them", () =>
  withPool({}, async (pool) => {
    const bytes = Uint8Array.of(1, 2, 3);
    const task = { bytes: 1, prepare: () => ({ bytes }), transfer: () => [bytes.buffer] };
    assertEquals(await pool.run(task), Uint8Array.of(1, 2, 3));
    assertEquals(bytes.length, 0, "the sender's are gone");
  }));

Deno.test("WorkerPool.run() passes faults and errors on, and goes on after them", () =>
  withPool({}, async (pool) => {
    const fault = await assertRejects(
      () => pool.run({ bytes: 1, prepare: () => ({ fault: "cut short" }) }),
      LatentboardError,
    );
    assertEquals([fault.kind, fault.message, fault.field], ["damaged", "cut short", "body"]);
    await assertRejects(() => pool.run({ bytes: 1, prepare: () => ({ error: "boom" }) }), Error, "boom");
    await assertRejects(() => pool.run({ bytes: 1, prepare: () => Promise.reject(new Error("no frames")) }), Error);
    assertEquals((await pool.run({ bytes: 1, prepare: () => ({}) })).length, 1);
    assertEquals(pool.load, { running: 0, waiting: 0, bytes: 0 });
  }));

Deno.test("WorkerPool.run() runs two at a time within its bytes; what waits has prepared nothing", () =>
  withPool({}, async (pool) => {
    const prepared: string[] = [];
    const stop = new AbortController();
    const start = (name: string, bytes: number) =>
      pool.run({ bytes, signal: stop.signal, prepare: () => (prepared.push(name), LONG) }).catch(() => {});
    const all = [start("a", 60), start("too large beside a", 60), start("c", 1)];
    await turn();
    assertEquals(prepared, ["a"], "in order: none overtakes another");
    assertEquals(pool.load, { running: 1, waiting: 2, bytes: 60 });
    stop.abort();
    await Promise.all(all);
    assertEquals(pool.load, { running: 0, waiting: 0, bytes: 0 });

    const next = new AbortController();
    const again = [1, 2, 3].map((bytes) =>
      pool.run({ bytes, signal: next.signal, prepare: () => LONG }).catch(() => {})
    );
    await turn();
    assertEquals(pool.load, { running: 2, waiting: 1, bytes: 3 });
    next.abort();
    await Promise.all(again);
  }));

Deno.test("WorkerPool.run() runs a task that is larger than the budget alone", () =>
  withPool({}, async (pool) => {
    assertEquals((await pool.run({ bytes: 1e9, prepare: () => ({}) })).length, 1);
  }));

Deno.test("WorkerPool.run() lets the next start when one that waits or runs is aborted", () =>
  withPool({ workers: 1 }, async (pool) => {
    const [running, waiting] = [new AbortController(), new AbortController()];
    const a = pool.run({ bytes: 1, signal: running.signal, prepare: () => LONG });
    const b = pool.run({ bytes: 1, signal: waiting.signal, prepare: () => LONG });
    const c = pool.run({ bytes: 1, prepare: () => ({}) });
    await turn();
    waiting.abort(new Error("left b"));
    await assertRejects(() => b, Error, "left b");
    running.abort(new Error("left a"));
    await assertRejects(() => a, Error, "left a");
    assertEquals((await c).length, 1);
    await assertRejects(() => pool.run({ bytes: 1, signal: AbortSignal.abort(), prepare: () => ({}) }), DOMException);
  }));

Deno.test("WorkerPool.run() refuses when too many wait, and ends what takes too long", () =>
  withPool({ workers: 1, maxWaiting: 1, timeLimit: 300 }, async (pool) => {
    const slow = pool.run({ bytes: 1, prepare: () => LONG });
    const next = pool.run({ bytes: 1, prepare: () => ({}) });
    const busy = await assertRejects(() => pool.run({ bytes: 1, prepare: () => ({}) }), LatentboardError, "busy");
    assertEquals(busy.kind, "unavailable");
    const late = await assertRejects(() => slow, LatentboardError, "late");
    assertEquals(late.kind, "unavailable");
    assertEquals((await next).length, 1, "a new thread takes its place");
  }));

Deno.test("WorkerPool.close() fails what runs", () =>
  withPool({}, async (pool) => {
    const running = pool.run({ bytes: 1, prepare: () => LONG });
    await turn();
    pool.close();
    await assertRejects(() => running, LatentboardError, "closing");
  }));
