/** What a machine with an NVIDIA card is told, on one with a stub of the driver and the library for the processor. */
import { assertEquals, assertStringIncludes, assertThrows } from "deno-std/assert/mod.js";
import { planGpu } from "../../lib/cli/gpu.ts";
import { LatentboardError } from "../../lib/errors.ts";
import type { DriverReport } from "../../lib/tensorflow/mod.ts";
import { inFolder } from "../fixtures/folder.ts";
import { compiler, skipped, writeStubDriver } from "../fixtures/stub_driver/mod.ts";
import { ignore as noTensorFlow } from "../tensorflow/_engine.ts";

const gpus = [{ name: "NVIDIA H100", memory: 85e9 }];
const driver = (major: number): DriverReport => ({
  state: "ready",
  driver: { cuda: { major, minor: 4 }, gpus, management: true },
});
const linux = { os: "linux", arch: "x86_64", nvidia: () => driver(13) };

Deno.test("planGpu() leaves out the half that the driver is too old for", () => {
  const faults = (major: number) =>
    planGpu("/home", { ...linux, nvidia: () => driver(major) }).map(({ fault }) => fault);
  assertEquals(faults(13), [undefined, undefined]);
  const [training, serving] = faults(12);
  assertEquals(training, undefined);
  assertStringIncludes(serving!, "update it to 580 or later");
});

Deno.test("planGpu() says in one sentence why there is nothing to fetch", () => {
  const cases: [Parameters<typeof planGpu>[1], string][] = [
    [{ ...linux, nvidia: () => ({ state: "absent" }) }, "there is no NVIDIA driver: install it first"],
    [{ ...linux, nvidia: () => ({ state: "faulty", fault: "restart the machine" }) }, "restart the machine"],
    [{ ...linux, os: "windows" }, "run Latentboard under WSL 2; serving runs on WebGPU as it is"],
    [{ ...linux, os: "darwin", arch: "aarch64" }, "graphics cards are used through WebGPU as it is"],
  ];
  for (const [system, sentence] of cases) {
    const error = assertThrows(() => planGpu("/home", system), LatentboardError, sentence);
    assertEquals(error.kind, "unavailable");
  }
});

/** Runs a command of lib/cli under its task's permissions. */
async function run(env: Record<string, string>, command: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      "--lock=deno.lock",
      "-P=train",
      `lib/cli/${command}.ts`,
      ...args,
    ],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test({
  name: `deno task gpu --sizes says what each half takes, and fetches nothing${skipped}`,
  ignore: compiler === undefined,
  fn: () =>
    inFolder(async (folder) => {
      const env = await writeStubDriver(folder);
      const { code, stdout, stderr } = await run(env, "gpu", "--sizes", "--home", `${folder}/home`);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(stdout.trim().split("\n"), [
        "TensorFlow 2.21.0 and CUDA 12, to train: 3.3 GB to fetch in 11 packages, 5.2 GB on disk",
        "ONNX Runtime's CUDA provider and CUDA 13, to serve: 1.3 GB to fetch in 6 packages, 2.1 GB on disk",
      ]);
      await Deno.stat(`${folder}/home`).then(() => Promise.reject(new Error("a folder was made")), () => {});
    }),
});

Deno.test({
  name: `doctor names the card, what each half lacks, and the command that fetches it${skipped}`,
  ignore: compiler === undefined || noTensorFlow,
  fn: () =>
    inFolder(async (folder) => {
      const env = await writeStubDriver(folder);
      const { stdout, stderr } = await run(env, "doctor", "--json", "--home", folder);
      const findings = JSON.parse(stdout || `"${stderr}"`) as { part: string; detail: string; fix?: string }[];
      const find = (part: string) => findings.find((finding) => finding.part === part)!;
      assertEquals(find("NVIDIA driver").detail, "runs CUDA up to 13.1: gpu:0 Stub GPU 0 (8.6 GB)");
      assertStringIncludes(
        find("libtensorflow").detail,
        "libcudnn.so.9 can't be loaded: deno task gpu fetches CUDA 12's",
      );
      assertEquals(find("libtensorflow").fix, "deno task gpu");
      const cuda = find("ONNX Runtime cuda");
      assertEquals([cuda.detail, cuda.fix], ["it is not here: deno task gpu fetches it", "deno task gpu"]);
    }),
});
