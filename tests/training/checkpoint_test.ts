import { assertEquals, assertRejects, assertStringIncludes } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { LatentboardError } from "../../lib/errors.ts";
import {
  type Checkpoint,
  checkpointName,
  describeWriteFailure,
  listCheckpoints,
  readCheckpoint,
  readNewestCheckpoint,
  writeCheckpoint,
} from "../../lib/training/checkpoint.ts";

function checkpoint(step: number, best?: number): Checkpoint {
  return {
    state: {
      step,
      epoch: 2,
      batch: 3,
      seed: 1,
      config: { latentDim: 4, name: "tiny" },
      engine: "test",
      sums: { loss: 1.5, reconstruction: 1, kl: 0.5, pictures: 8, seconds: 0.25 },
      validationLosses: [3, 2],
      historyLength: 1,
      trainSeconds: 2.5,
      ...(best === undefined ? {} : { best: { step: best, epoch: 1, loss: 2 } }),
    },
    tensors: { "parameters/w": { shape: [2], data: Float32Array.of(step, -step) } },
  };
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(join(folder, "checkpoints"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function alter(path: string, change: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  await Deno.writeFile(path, change(await Deno.readFile(path)));
}

Deno.test("readNewestCheckpoint() gives back what writeCheckpoint() was given", () =>
  inFolder(async (folder) => {
    await writeCheckpoint(folder, checkpoint(10));
    const found = await readNewestCheckpoint(folder);
    assertEquals(found?.skipped, []);
    assertEquals(found?.checkpoint.state, checkpoint(10).state);
    assertEquals({ ...found?.checkpoint.tensors }, checkpoint(10).tensors);
  }));

Deno.test("readNewestCheckpoint() gives undefined where there is none", () =>
  inFolder(async (folder) => assertEquals(await readNewestCheckpoint(folder), undefined)));

Deno.test("writeCheckpoint() keeps the two newest and the best", () =>
  inFolder(async (folder) => {
    for (const step of [5, 10, 15, 20]) await writeCheckpoint(folder, checkpoint(step, Math.min(step, 10)));
    assertEquals(await listCheckpoints(folder), [10, 15, 20].map(checkpointName));
  }));

Deno.test("writeCheckpoint() removes what a killed process left and checkpoints of a later step", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, ".step-00000007-left"), { recursive: true });
    await writeCheckpoint(folder, checkpoint(20));
    await writeCheckpoint(folder, checkpoint(12));
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), [checkpointName(12)]);
  }));

const faults: Record<string, [file: string, change: (bytes: Uint8Array) => Uint8Array]> = {
  "truncated tensors": ["tensors.safetensors", (bytes) => bytes.subarray(0, bytes.length - 1)],
  "empty tensors": ["tensors.safetensors", () => new Uint8Array(0)],
  "one flipped bit in the tensors": ["tensors.safetensors", (bytes) => {
    bytes[bytes.length - 3]! ^= 1;
    return bytes;
  }],
  "a truncated state": ["state.json", (bytes) => bytes.subarray(0, bytes.length / 2)],
  "an altered state": [
    "state.json",
    (bytes) => new TextEncoder().encode(new TextDecoder().decode(bytes).replace('"batch": 3', '"batch": 4')),
  ],
  "a state that is null": ["state.json", () => new TextEncoder().encode("null")],
};

for (const [name, [file, change]] of Object.entries(faults)) {
  Deno.test(`readNewestCheckpoint() falls back to the one before on ${name}, and says why`, () =>
    inFolder(async (folder) => {
      await writeCheckpoint(folder, checkpoint(10));
      await writeCheckpoint(folder, checkpoint(20));
      await alter(join(folder, checkpointName(20), file), change);
      const found = await readNewestCheckpoint(folder);
      assertEquals(found?.checkpoint.state.step, 10);
      assertEquals(found?.skipped.map((skip) => skip.name), [checkpointName(20)]);
      assertStringIncludes(found!.skipped[0]!.reason, `The checkpoint ${checkpointName(20)} is damaged: its ${file}`);
    }));
}

Deno.test("readNewestCheckpoint() refuses with one sentence when none is whole", () =>
  inFolder(async (folder) => {
    await writeCheckpoint(folder, checkpoint(10));
    await Deno.remove(join(folder, checkpointName(10), "tensors.safetensors"));
    const error = await assertRejects(() => readNewestCheckpoint(folder), LatentboardError, "train again");
    assertEquals(error.kind, "damaged");
  }));

Deno.test("readCheckpoint() refuses a format it does not know", () =>
  inFolder(async (folder) => {
    await writeCheckpoint(folder, checkpoint(10));
    const path = join(folder, checkpointName(10), "state.json");
    const envelope = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...envelope, formatVersion: 99 }));
    await assertRejects(() => readCheckpoint(folder, checkpointName(10)), LatentboardError, "format 99");
  }));

Deno.test("describeWriteFailure() makes one sentence of a full disk", () => {
  const error = describeWriteFailure(new Error("No space left on device (os error 28)"), "/somewhere");
  const { message } = error as LatentboardError;
  assertStringIncludes(message, "is full: free some space and continue with --resume");
});

Deno.test({
  name: "writeCheckpoint() says that the disk is full and leaves older checkpoints intact",
  // a file system of one megabyte needs the right to mount
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0 || !canMount(),
  async fn() {
    const folder = await Deno.makeTempDir();
    await new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder] }).output();
    try {
      const checkpoints = join(folder, "checkpoints");
      await writeCheckpoint(checkpoints, checkpoint(10));
      const large = checkpoint(20);
      const tensors = { w: { shape: [1 << 20], data: new Float32Array(1 << 20) } };
      await assertRejects(() => writeCheckpoint(checkpoints, { ...large, tensors }), LatentboardError, "is full");
      const found = await readNewestCheckpoint(checkpoints);
      assertEquals(found?.checkpoint.state.step, 10);
      assertEquals([...Deno.readDirSync(checkpoints)].length, 1);
    } finally {
      await new Deno.Command("umount", { args: [folder] }).output();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

function canMount(): boolean {
  const folder = Deno.makeTempDirSync();
  try {
    const mount = new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder] }).outputSync();
    if (mount.success) new Deno.Command("umount", { args: [folder] }).outputSync();
    return mount.success;
  } catch {
    return false;
  } finally {
    Deno.removeSync(folder);
  }
}
