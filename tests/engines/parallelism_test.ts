import { assertEquals } from "deno-std/assert/mod.js";
import { planParallelism } from "../../lib/engines/mod.ts";

Deno.test("planParallelism() gives each thread a shard where shards are large enough", () => {
  const plan = (batchSize: number, threads: number) => planParallelism({ batchSize, threads, cores: 16 });
  assertEquals(plan(128, 2), { shards: 2, intraOpThreads: 1, interOpThreads: 2 });
  assertEquals(plan(512, 8), { shards: 8, intraOpThreads: 1, interOpThreads: 8 });
  assertEquals(plan(32, 2), { shards: 2, intraOpThreads: 1, interOpThreads: 2 });
  assertEquals(plan(31, 2), { shards: 1, intraOpThreads: 2, interOpThreads: undefined });
  assertEquals(plan(128, 16), { shards: 1, intraOpThreads: 16, interOpThreads: undefined });
  assertEquals(plan(128, 1), { shards: 1, intraOpThreads: 1, interOpThreads: undefined });
});

Deno.test("planParallelism() divides the threads among shards that are asked for", () => {
  assertEquals(planParallelism({ batchSize: 128, threads: 8, shards: 2, cores: 16 }), {
    shards: 2,
    intraOpThreads: 4,
    interOpThreads: 2,
  });
  assertEquals(planParallelism({ batchSize: 8, threads: 2, shards: 4, cores: 16 }), {
    shards: 4,
    intraOpThreads: 1,
    interOpThreads: 2,
  });
  assertEquals(planParallelism({ batchSize: 128, shards: 1 }).intraOpThreads, navigator.hardwareConcurrency);
});

Deno.test("planParallelism() starts no more threads than there are cores", () => {
  assertEquals(
    planParallelism({ batchSize: 128, threads: 1000, cores: 2 }),
    planParallelism({ batchSize: 128, cores: 2 }),
  );
});
