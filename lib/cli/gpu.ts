// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task gpu`: fetches what training and serving need on an NVIDIA card, both halves once, the sizes first. */
import { join } from "node:path";
import { CUDA_13, cudaCache, cudaFolder, linkOnnxruntime } from "../inference/mod.ts";
import { LatentboardError } from "../errors.ts";
import { type CommandSpec, readSettings } from "../settings.ts";
import {
  DownloadError,
  fetchWheels,
  missingWheels,
  sizesOf,
  type System,
  TENSORFLOW_VERSION,
  tensorFlowFetches,
  thisSystem,
  type WheelFetch,
  wheelsFor,
} from "../tensorflow/mod.ts";
import { driverFault } from "../tensorflow/nvidia.ts";
import { choiceOption } from "./support/options.ts";
import { type ExitCode, runCommand } from "./support/command.ts";
import { ProgressLine } from "./support/progress.ts";

const GPU: CommandSpec = {
  name: "gpu",
  summary: "Fetches what training and serving need on an NVIDIA card: once, by pinned checksums, the sizes first.",
  options: {
    only: { kind: "string", value: "training|serving", help: "one half; both by default" },
    sizes: { kind: "boolean", help: "say what would be fetched, and fetch nothing" },
  },
  examples: ["deno task gpu", "deno task gpu --sizes", "deno task gpu --only serving"],
};

/** One of the two halves. */
interface Half {
  readonly name: "training" | "serving";
  readonly what: string;
  readonly cache: string;
  readonly wheels: readonly WheelFetch[];
  /** Why the driver can't run it; it is fetched only where there is no reason. */
  readonly fault: string | undefined;
}

/**
 * What each half needs, and whether this machine's driver can run it.
 *
 * @throws {LatentboardError} `unavailable` where no half can be had
 */
export function planGpu(home: string, system: Pick<System, "os" | "arch" | "nvidia">): readonly Half[] {
  const { os, arch } = system;
  const [tensorflow] = wheelsFor(system, true);
  if (tensorflow?.cuda === undefined) {
    throw unavailable(
      os === "windows"
        ? "TensorFlow uses NVIDIA cards on Linux alone: run Latentboard under WSL 2; serving runs on WebGPU as it is"
        : `there is nothing to fetch for ${os} ${arch}: graphics cards are used through WebGPU as it is`,
    );
  }
  const report = system.nvidia();
  if (report.state === "absent") throw unavailable("there is no NVIDIA driver: install it first, 580 or later");
  if (report.state === "faulty") throw unavailable(report.fault);
  const { driver } = report;
  const training = join(home, "cache", "tensorflow");
  const serving = cudaCache(home);
  return [
    {
      name: "training",
      what: `TensorFlow ${TENSORFLOW_VERSION} and CUDA 12, to train`,
      cache: training,
      wheels: tensorFlowFetches(training, tensorflow),
      fault: driverFault(driver, "TensorFlow", 12),
    },
    {
      name: "serving",
      what: "ONNX Runtime's CUDA provider and CUDA 13, to serve",
      cache: serving,
      wheels: CUDA_13.map((wheel) => ({ wheel, folder: cudaFolder(serving, wheel) })),
      fault: driverFault(driver, "ONNX Runtime's CUDA provider", 13),
    },
  ];
}

async function fetchHalf(half: Half, sizesOnly: boolean): Promise<boolean> {
  const { name, what, cache, wheels, fault } = half;
  const missing = await missingWheels(wheels, thisSystem);
  const { total, onDisk } = sizesOf(missing.map(({ wheel }) => wheel));
  const size = missing.length === 0
    ? "it is here"
    : `${gigabytes(total)} to fetch in ${missing.length} packages, ${gigabytes(onDisk)} on disk`;
  console.log(`${what}: ${fault ?? size}`);
  if (fault !== undefined || sizesOnly) return fault === undefined;
  const line = new ProgressLine();
  try {
    await fetchWheels({
      what,
      cache,
      wheels,
      report: ({ bytes, total }) => line.show("megabytes fetched:", Math.round(bytes / 1e6), Math.round(total / 1e6)),
    }, thisSystem);
    if (name === "serving") await linkOnnxruntime(cache);
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    line.end();
    throw new LatentboardError("unavailable", `${error.message}; run deno task gpu again, what came is kept`, {
      cause: error,
    });
  } finally {
    line.end();
  }
  return true;
}

function unavailable(reason: string): LatentboardError {
  return new LatentboardError("unavailable", `Cannot use an NVIDIA card: ${reason}`);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

if (import.meta.main) {
  await runCommand(GPU, async ({ options }): Promise<ExitCode> => {
    const only = choiceOption(options, "only", ["training", "serving"] as const, undefined);
    const halves = planGpu(readSettings(options).home, thisSystem).filter(({ name }) =>
      only === undefined || name === only
    );
    const usable: boolean[] = [];
    for (const half of halves) usable.push(await fetchHalf(half, options.sizes === true));
    if (options.sizes !== true) console.log("See what runs where: deno task doctor");
    return usable.includes(true) ? 0 : 1;
  });
}
