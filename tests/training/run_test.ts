import { assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { parse } from "yaml";
import { LatentboardError } from "../../lib/errors.ts";
import { listRuns, reserveModelName, RunFolder } from "../../lib/training/run.ts";

const info = { name: "tiny", config: { latentDim: 4 }, settings: { out: "models" } };

Deno.test("RunFolder.create() leaves config.yaml and run.json, and open() finds the run", async () => {
  const home = await Deno.makeTempDir();
  const run = await RunFolder.create(home, info);
  assertEquals(parse(await Deno.readTextFile(join(run.path, "config.yaml"))), { latentDim: 4 });
  await run.update({ status: "interrupted" });
  run.close();
  for (const id of [run.info.id, run.path, "latest"]) {
    using found = await RunFolder.open(home, id);
    assertEquals(found.info, run.info);
  }
});

Deno.test("RunFolder.create() gives runs of one second different ids", async () => {
  const home = await Deno.makeTempDir();
  using first = await RunFolder.create(home, info);
  using second = await RunFolder.create(home, info);
  assertEquals((await listRuns(home)).sort(), [first.info.id, second.info.id].sort());
});

Deno.test("RunFolder.open() throws on an unknown run and names those there are", async () => {
  const home = await Deno.makeTempDir();
  await assertRejects(() => RunFolder.open(home, "nothing"), LatentboardError, "there are no runs yet");
  using run = await RunFolder.create(home, info);
  await assertRejects(() => RunFolder.open(home, "nothing"), LatentboardError, run.info.id);
});

Deno.test("RunFolder.open() throws when run.json is damaged", async () => {
  const home = await Deno.makeTempDir();
  const run = await RunFolder.create(home, info);
  run.close();
  await Deno.writeTextFile(join(run.path, "run.json"), "{");
  const error = await assertRejects(() => RunFolder.open(home, run.info.id), LatentboardError, "Cannot read");
  assertEquals(error.kind, "damaged");
});

Deno.test("reserveModelName() gives a name to one process at a time, and to another once it is let go", async () => {
  const home = await Deno.makeTempDir();
  const module = new URL("../../lib/training/run.ts", import.meta.url).href;
  const holder = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { reserveModelName } from ${JSON.stringify(module)};
       await reserveModelName(${JSON.stringify(home)}, "/models", "tiny"); console.log("held");
       await Deno.stdin.read(new Uint8Array(1));`,
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = holder.stdout.getReader();
  await output.read();
  await assertRejects(() => reserveModelName(home, "/models", "tiny"), LatentboardError, "being trained by another");
  using _elsewhere = await reserveModelName(home, "/other", "tiny");
  await holder.stdin.close();
  await holder.status;
  await output.cancel();
  using _free = await reserveModelName(home, "/models", "tiny");
});

Deno.test("RunFolder.open() throws while another process trains the run", async () => {
  const home = await Deno.makeTempDir();
  const run = await RunFolder.create(home, info);
  run.close();
  const holder = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `const file = await Deno.open(${JSON.stringify(join(run.path, "lock"))}, { write: true });
       await file.lock(true); console.log("held"); await Deno.stdin.read(new Uint8Array(1));`,
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = holder.stdout.getReader();
  await output.read();
  await assertRejects(() => RunFolder.open(home, run.info.id), LatentboardError, "another process");
  await holder.stdin.close();
  await holder.status;
  await output.cancel();
  (await RunFolder.open(home, run.info.id)).close();
});
