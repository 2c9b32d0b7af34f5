/**
 * `deno task test:gpu`: the whole way of a machine with an NVIDIA card, on one without: a stub of the driver, and CUDA's
 * real libraries, which are fetched where they are missing (4.7 GB, 7.3 GB on disk, below the home). It proves that
 * everything opens, where nodes are placed, and what is said; not that a card computes.
 */
import { assert, assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import { basename, dirname, fromFileUrl, join } from "deno-std/path/mod.js";
import { CUDA_13, cudaCache, cudaFolder } from "../../lib/inference/mod.ts";
import { readSettings } from "../../lib/settings.ts";
import { tensorFlowFetches, wheelsFor } from "../../lib/tensorflow/mod.ts";
import { inFolder } from "../fixtures/folder.ts";
import { compiler, skipped, writeStubDriver } from "../fixtures/stub_driver/mod.ts";
import { namesIn, writeFakeCuda, writeFakeRuntime } from "./_fake_cuda.ts";

const { home } = readSettings();
const [wheel] = wheelsFor({ os: "linux", arch: "x86_64" }, true);
const TENSORFLOW = tensorFlowFetches(join(home, "cache", "tensorflow"), wheel!)[0]!.folder;
const ignore = compiler === undefined || Deno.build.arch !== "x86_64";

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script under a task's permissions; nothing names libtensorflow. */
async function run(
  env: Record<string, string>,
  permissions: string,
  script: string,
  ...args: string[]
): Promise<Output> {
  const path = script.startsWith("lib/") ? script : fromFileUrl(new URL(script, import.meta.url));
  const { LATENTBOARD_TENSORFLOW: _, ...inherited } = Deno.env.toObject();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-check", "--lock=deno.lock", permissions, path, ...args],
    clearEnv: true,
    env: { ...inherited, NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

const lastLine = (text: string) => JSON.parse(text.trim().split("\n").at(-1)!);

/** The stub with every function that TensorFlow looks up, once it is fetched. */
async function card(
  folder: string,
  options: Parameters<typeof writeStubDriver>[1] = {},
): Promise<Record<string, string>> {
  const framework = join(TENSORFLOW, "libtensorflow_framework.so.2");
  return await writeStubDriver(folder, { ...options, callers: [framework] });
}

/** The stub with every function that cuDNN and the provider are linked with. */
async function servingCard(folder: string): Promise<Record<string, string>> {
  const callers = CUDA_13.flatMap((part) =>
    Object.keys(part.members).filter((name) => /cudnn_engines|providers_cuda/.test(name))
      .map((name) => join(cudaFolder(cudaCache(home), part), basename(name)))
  );
  return await writeStubDriver(folder, { callers });
}

Deno.test({
  name: `deno task gpu fetches both halves, and the second time nothing${skipped}`,
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const env = await writeStubDriver(folder);
      const first = await run(env, "-P=train", "lib/cli/gpu.ts", "--home", home);
      assertEquals(first.code, 0, first.stdout + first.stderr);
      const second = await run(env, "-P=train", "lib/cli/gpu.ts", "--home", home);
      assertEquals(second.stdout.match(/: it is here/g)?.length, 2, second.stdout);
      const old = await run({ ...env, STUB_DRIVER: "12040" }, "-P=train", "lib/cli/gpu.ts", "--home", home);
      assertEquals(old.code, 0);
      assertStringIncludes(old.stdout, "update it to 580 or later");
    }),
});

Deno.test({
  name:
    `TensorFlow opens all seven of CUDA's libraries, and takes the card, whose memory it takes as it needs it${skipped}`,
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const cache = join(folder, "cache");
      await Deno.mkdir(cache);
      for (const { folder: from } of tensorFlowFetches(dirname(TENSORFLOW), wheel!)) {
        if (!from.includes("cuda-runtime")) await Deno.symlink(from, join(cache, basename(from)));
      }
      // CUDA's own runtime checks the driver's identity, which a stub can't pass.
      const runtime = tensorFlowFetches(cache, wheel!).find((part) => part.folder.includes("cuda-runtime"))!.folder;
      await Deno.mkdir(runtime);
      const names = await namesIn(join(TENSORFLOW, "libtensorflow_framework.so.2"), /^(__)?cuda[A-Z]\w+$/);
      await writeFakeRuntime(join(runtime, "libcudart.so.12"), names);
      const env = { ...await card(folder), TF_CPP_MAX_VLOG_LEVEL: "1", STUB_TRACE: "1" };
      const { code, stdout, stderr } = await run(env, "-P=train", "./_tensorflow_child.ts", cache);
      assertEquals(code, 0, stderr.slice(-2000));
      const opened = [...stderr.matchAll(/Successfully opened dynamic library (\S+)/g)].map(([, name]) => name);
      for (const name of ["cudart", "cublas", "cublasLt", "cufft", "cusolver", "cusparse", "cudnn"]) {
        assert(opened.some((library) => library!.startsWith(`lib${name}.so`)), `${name} is not among ${opened}`);
      }
      assert(!/[Cc]annot (dl)?open|Could not load/.test(stderr), stderr.slice(-2000));
      assertEquals(lastLine(stdout).placement, {
        device: "GPU",
        index: 0,
        card: { name: "Stub GPU 0", memory: 2 ** 33 },
      });
      const allocated = [...stderr.matchAll(/\[stub libcuda\] allocates (\d+)/g)].map(([, bytes]) => Number(bytes));
      assert(allocated.length > 0 && Math.max(...allocated) <= 16e6, `${allocated} bytes of 8 GB`);
    }),
});

Deno.test({
  name: `training goes on on the processor, with one sentence, whatever is wrong with driver and libraries${skipped}`,
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const args = ["--home", folder, "--out", join(folder, "models"), "--classes", "Bag", "--architecture", "mlp"];
      await Deno.mkdir(join(folder, "cache"));
      await Deno.symlink(join(home, "cache", "tensorflow"), join(folder, "cache", "tensorflow"));
      const [whole, part] = await Promise.all(["whole", "part"].map(async (name, i) => {
        await Deno.mkdir(join(folder, name));
        return await card(join(folder, name), { nvml: i === 0 });
      }));
      const faults: [string, Record<string, string>, string][] = [
        ["fails", whole!, "Stub GPU 0 can't be started, CUDA says"],
        ["old", { ...whole!, STUB_DRIVER: "11040" }, "NVIDIA's driver is too old: it runs CUDA 11.4"],
        ["none", { ...whole!, STUB_COUNT: "0" }, "NVIDIA's driver finds no card"],
        ["nvml", part!, "libnvidia-ml.so.1 is missing"],
      ];
      for (const [name, env, sentence] of faults) {
        const train = await run(env, "-P=train", "lib/cli/train.ts", ...args, "--epochs", "1", "--name", name);
        assertEquals(train.code, 0, train.stdout + train.stderr);
        assertStringIncludes(train.stdout + train.stderr, `not on a graphics card (${sentence}`);
      }
      const refused = await run(whole!, "-P=train", "lib/cli/train.ts", ...args, "--device", "gpu", "--name", "asked");
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.stderr, "Cannot train on tensorflow: it can't use the card (Stub GPU 0");
    }),
});

Deno.test({
  name: `ONNX Runtime opens its CUDA provider on CUDA's real libraries${skipped}`,
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const env = await servingCard(folder);
      const { code, stdout, stderr } = await run(env, "-P=data", "./_serving_child.ts", home);
      assertEquals(code, 0, stderr);
      const { fault, available, rejected } = lastLine(stdout);
      assertEquals([fault, available], [undefined, ["cpu"]]);
      assert(/^CUDA failure \d+: /.test(rejected[0].reason), rejected[0].reason); // the runtime's own word: no card
    }),
});

Deno.test({
  name: `every node of the shipped models is placed on CUDA${skipped}`,
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const env = await servingCard(folder);
      const cache = cudaCache(folder);
      for (const part of CUDA_13) {
        await Deno.mkdir(cudaFolder(cache, part), { recursive: true });
        for await (const { name } of Deno.readDir(cudaFolder(cudaCache(home), part))) {
          await Deno.symlink(join(cudaFolder(cudaCache(home), part), name), join(cudaFolder(cache, part), name));
        }
      }
      const fakes = join(folder, "fakes");
      await Deno.mkdir(fakes);
      await writeFakeCuda(fakes, join(cudaFolder(cache, CUDA_13.at(-1)!), "libonnxruntime_providers_cuda.so"));
      for (const part of CUDA_13) {
        for await (const { name } of Deno.readDir(cudaFolder(cache, part))) {
          const fake = join(fakes, name);
          if (!await Deno.stat(fake).then(() => true, () => false)) continue;
          await Deno.remove(join(cudaFolder(cache, part), name));
          await Deno.copyFile(fake, join(cudaFolder(cache, part), name));
        }
      }
      const { code, stdout, stderr } = await run(env, "--allow-all", "./_serving_child.ts", folder);
      assertEquals(code, 0, stderr.slice(-2000));
      assertEquals(lastLine(stdout).available, ["cuda", "cpu"], stdout);
      const placed = [...stderr.matchAll(/odes placed on \[(\w+)\]/g)].map(([, provider]) => provider);
      assertEquals(placed, new Array(6).fill("CUDAExecutionProvider"));
    }),
});
