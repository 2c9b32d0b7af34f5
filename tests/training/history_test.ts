import { assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { LatentboardError } from "../../lib/errors.ts";
import { appendHistory, type EpochRecord, formatHistory, readHistory } from "../../lib/training/history.ts";

function record(epoch: number): EpochRecord {
  return {
    epoch,
    step: epoch * 10,
    learningRate: 1e-3,
    beta: 1,
    train: { loss: 3, reconstruction: 2, kl: 1 },
    validation: { loss: 3, reconstruction: 2, kl: 1, activeUnits: 4 },
    seconds: 1,
    imagesPerSecond: 100,
  };
}

Deno.test("readHistory() gives the records that appendHistory() added", async () => {
  const path = join(await Deno.makeTempDir(), "history.jsonl");
  assertEquals(await readHistory(path), []);
  await appendHistory(path, record(1));
  await appendHistory(path, record(2));
  assertEquals(await readHistory(path), [record(1), record(2)]);
  assertEquals(await Deno.readTextFile(path), formatHistory([record(1), record(2)]));
});

Deno.test("readHistory() leaves out a last line that was cut off, and refuses a damaged one before it", async () => {
  const path = join(await Deno.makeTempDir(), "history.jsonl");
  await Deno.writeTextFile(path, formatHistory([record(1)]) + '{"epoch":2,"st');
  assertEquals(await readHistory(path), [record(1)]);
  await Deno.writeTextFile(path, '{"epoch":1,\n' + formatHistory([record(2)]));
  await assertRejects(() => readHistory(path), LatentboardError, "line 1");
});
