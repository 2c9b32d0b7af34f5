/** NVIDIA's driver as a process under the shipped permissions sees it, on a machine with a stub of the driver. */
import { assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import { fromFileUrl } from "deno-std/path/mod.js";
import { type GpuVerdict, judgeGpu, missingCuda } from "../../lib/tensorflow/library/gpu.ts";
import { driverFault, type DriverReport, type NvidiaDriver } from "../../lib/tensorflow/nvidia.ts";
import { serverArguments } from "../../lib/cli/start.ts";
import { readSettings } from "../../lib/settings.ts";
import { inFolder } from "../fixtures/folder.ts";
import { compiler, skipped, writeStubDriver } from "../fixtures/stub_driver/mod.ts";

interface Seen {
  readonly report: DriverReport;
  readonly verdict: GpuVerdict;
}

/** Asks the driver in a process with the permissions of a task, of which the launcher adds some to the server's. */
async function ask(env: Record<string, string>, permissions: string): Promise<Seen> {
  const added = permissions === "serve" ? await serverArguments(readSettings(), true) : [];
  const child = fromFileUrl(new URL("./_driver_child.ts", import.meta.url));
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      "--no-lock",
      `-P=${permissions}`,
      ...added.filter((arg) => arg.startsWith("--allow-ffi")),
      child,
    ],
    env,
  }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const CARD = { name: "Stub GPU 0", memory: 2 ** 33 };

Deno.test({
  name: `nvidiaDriver() asks the driver itself, under the permissions of training and of serving${skipped}`,
  ignore: compiler === undefined,
  fn: () =>
    inFolder(async (folder) => {
      const env = await writeStubDriver(folder);
      for (const permissions of ["train", "serve", "data"]) {
        const { report, verdict } = await ask({ ...env, STUB_DRIVER: "12080" }, permissions);
        const driver = { cuda: { major: 12, minor: 8 }, gpus: [CARD], management: true };
        assertEquals(report, { state: "ready", driver }, permissions);
        assertEquals(verdict, { use: true, index: 0, card: CARD });
      }
    }),
});

Deno.test({
  name: `each fault of the driver is one sentence that says what to do${skipped}`,
  ignore: compiler === undefined,
  fn: () =>
    inFolder(async (folder) => {
      const env = await writeStubDriver(folder, { nvml: false });
      const faults: [Record<string, string>, string][] = [
        [{ STUB_CUINIT: "803" }, "restart the machine after an update of the driver"],
        [{ STUB_CUINIT: "999" }, "(CUDA error 999): see what nvidia-smi says"],
        [{ STUB_COUNT: "0" }, "finds no card: see that nvidia-smi lists one"],
        [{ STUB_DRIVER: "11040" }, "it runs CUDA 11.4 and TensorFlow needs 12; update it to 525 or later"],
        [{}, "libnvidia-ml.so.1 is missing, without which TensorFlow finds no card: install the whole driver"],
      ];
      for (const [answers, sentence] of faults) {
        const { verdict } = await ask({ ...env, ...answers }, "train");
        if (verdict.use) throw new Error(`${JSON.stringify(answers)} is no fault`);
        assertStringIncludes(verdict.fault!, sentence);
        assertEquals(verdict.fault!.includes("\n"), false);
      }
    }),
});

const DRIVER: NvidiaDriver = { cuda: { major: 12, minor: 4 }, gpus: [CARD, CARD], management: true };
const linux = { os: "linux", arch: "x86_64", nvidia: (): DriverReport => ({ state: "ready", driver: DRIVER }) };

Deno.test("judgeGpu() takes the card that is asked for, and says which there are", () => {
  assertEquals(judgeGpu(linux, { gpu: 1 }), { use: true, index: 1, card: CARD });
  assertEquals(judgeGpu(linux, { gpu: 2 }), { use: false, fault: "there is no gpu:2: choose gpu:0 to gpu:1" });
  assertEquals(judgeGpu(linux, "cpu"), { use: false });
  const none = { ...linux, nvidia: (): DriverReport => ({ state: "absent" }) };
  assertEquals(judgeGpu(none), { use: false });
  assertEquals(judgeGpu(none, { gpu: 0 }), { use: false, fault: "there is no NVIDIA driver: install it" });
});

Deno.test("judgeGpu() says on Windows that TensorFlow uses cards on Linux alone", () => {
  const verdict = judgeGpu({ ...linux, os: "windows" });
  assertEquals(verdict, { use: false, fault: "TensorFlow uses NVIDIA cards on Linux alone: train under WSL 2" });
});

Deno.test("driverFault() compares the driver with the release of CUDA that is needed", () => {
  assertEquals(driverFault(DRIVER, "TensorFlow", 12), undefined);
  assertStringIncludes(driverFault(DRIVER, "ONNX Runtime", 13)!, "update it to 580 or later");
});

Deno.test("missingCuda() names the libraries that can't be loaded, and what fetches them", () => {
  const sentence = missingCuda({ canLoad: (name) => !name.startsWith("libcudnn") });
  assertStringIncludes(sentence!, "libcudnn.so.9 can't be loaded: deno task gpu");
  assertEquals(missingCuda({ canLoad: () => true }), undefined);
});
