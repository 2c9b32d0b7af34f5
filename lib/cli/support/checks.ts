/** What `deno task doctor` looks at: one function per part of the machine, each of which answers and never throws. */
import { join } from "node:path";
import { statfs } from "node:fs/promises";
import { type DriverReport, nvidiaDriver } from "../../tensorflow/nvidia.ts";
import type { TensorFlowReport } from "./tensorflow_version.ts";

/** `ok`: works. `gap`: something is missing that a command closes. `note`: worth knowing, nothing to do. */
export type Verdict = "ok" | "gap" | "note";

/** One line of the report. */
export interface Finding {
  readonly part: string;
  readonly verdict: Verdict;
  /** What was found, in one line. */
  readonly detail: string;
  /** The one command that closes the gap. */
  readonly fix?: string;
}

/** What the checks ask of the machine; tests hand in a machine of their own. */
export interface Machine {
  readonly os: string;
  readonly arch: string;
  readonly denoVersion: string;
  readonly cores: number;
  /** Reads a text file; undefined where it can't be read. */
  readText(path: string): Promise<string | undefined>;
  exists(path: string): Promise<boolean>;
  /** Runs a program and gives its standard output; undefined where it is missing or fails. */
  run(program: string, args: readonly string[]): Promise<string | undefined>;
  /** Bytes that a user may still write below a folder. */
  freeBytes(path: string): Promise<number | undefined>;
  /** What NVIDIA's driver says. */
  nvidia(): DriverReport;
  /** Bytes of memory in all. */
  readonly memory: number;
}

export const THIS_MACHINE: Machine = {
  os: Deno.build.os,
  arch: Deno.build.arch,
  denoVersion: Deno.version.deno,
  cores: navigator.hardwareConcurrency,
  memory: Deno.systemMemoryInfo().total,
  nvidia: nvidiaDriver,
  readText: (path) => Deno.readTextFile(path).catch(() => undefined),
  exists: (path) => Deno.stat(path).then(() => true, () => false),
  async run(program, args) {
    try {
      const { success, stdout } = await new Deno.Command(program, { args: [...args], stdin: "null", stderr: "null" })
        .output();
      return success ? new TextDecoder().decode(stdout).trim() : undefined;
    } catch {
      return undefined; // no such program
    }
  },
  async freeBytes(path) {
    try {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    } catch {
      return undefined;
    }
  },
};

/** The Deno version that Latentboard is built and tested with. */
const DENO_VERSION = "2.9.6";

/** Deno, the system, its cores and memory. */
export function checkDeno(machine: Machine): Finding {
  const about = `Deno ${machine.denoVersion} on ${machine.os} ${machine.arch}, ${machine.cores} cores, ${
    gigabytes(machine.memory)
  }`;
  const [major = 0, minor = 0] = machine.denoVersion.split(".").map(Number);
  if (major > 2 || (major === 2 && minor >= 9)) return { part: "Deno", verdict: "ok", detail: about };
  return {
    part: "Deno",
    verdict: "gap",
    detail: `${about}: 2.9 or later is needed`,
    fix: `deno upgrade --version ${DENO_VERSION}`,
  };
}

/** The processor's vector instructions, which decide how fast training is on it. */
export async function checkProcessor(machine: Machine): Promise<Finding> {
  // Deno lends /proc to a process with every permission alone.
  const info = await machine.readText("/proc/cpuinfo") ?? await machine.run("cat", ["/proc/cpuinfo"]);
  const flags = new Set(info?.match(/^(?:flags|Features)\s*:(.*)$/m)?.[1]?.trim().split(/\s+/));
  const known = ["avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "asimd", "sve"].filter((flag) =>
    flags.has(flag)
  );
  if (info === undefined) {
    return { part: "processor", verdict: "note", detail: "its instruction sets can't be read here" };
  }
  return {
    part: "processor",
    verdict: "ok",
    detail: known.length > 0 ? known.join(", ") : "no vector instructions that matter",
  };
}

/** The NVIDIA driver, which both TensorFlow and ONNX Runtime's cuda provider need. */
export function checkNvidia(machine: Machine): Finding {
  const part = "NVIDIA driver";
  const report = machine.nvidia();
  if (report.state === "absent") return { part, verdict: "note", detail: "none: training runs on the processor" };
  if (report.state === "faulty") return { part, verdict: "gap", detail: report.fault, fix: "nvidia-smi" };
  const { cuda, gpus } = report.driver;
  const cards = gpus.map(({ name, memory }, index) => `gpu:${index} ${name} (${gigabytes(memory)})`).join(", ");
  return { part, verdict: "ok", detail: `runs CUDA up to ${cuda.major}.${cuda.minor}: ${cards}` };
}

/**
 * libtensorflow, once it is found.
 *
 * @param where its folder and how it was found
 * @param output what `tensorflow_version.ts` printed; undefined where it failed
 */
export function checkLibrary(where: string, output: string | undefined): Finding {
  const part = "libtensorflow";
  try {
    const { version, placement } = JSON.parse(output?.split("\n").at(-1) ?? "") as TensorFlowReport;
    if (placement.device === "GPU") {
      const { index, card } = placement;
      return { part, verdict: "ok", detail: `${version} on gpu:${index} (${card.name}), ${where}` };
    }
    const detail = `${version} (CPU), ${where}`;
    if (placement.fault === undefined) return { part, verdict: "ok", detail };
    return {
      part,
      verdict: "gap",
      detail: `${detail}: not on the graphics card, ${placement.fault}`,
      fix: "deno task gpu",
    };
  } catch {
    return {
      part,
      verdict: "gap",
      detail: `${where} can't be opened: it may be of an old release or for another processor`,
      fix: "python3 -m pip install tensorflow-cpu",
    };
  }
}

/** An engine that needs no libtensorflow, as lib/pipeline reports it. */
export interface Fallback {
  readonly engine: string;
  readonly usable: boolean;
  readonly detail: string;
}

/**
 * The engines that do without libtensorflow, and the one that training takes.
 *
 * @param tensorflow whether libtensorflow opens, or the first training would fetch it
 * @param fallbacks the others, the best first
 */
export function checkEngines(tensorflow: boolean | "fetched", fallbacks: readonly Fallback[]): Finding[] {
  const best = fallbacks.find(({ usable }) => usable);
  const lines = fallbacks.map(({ engine, usable, detail }): Finding => ({
    part: `training on ${engine}`,
    verdict: usable ? "ok" : "note",
    detail: usable ? `${detail}: --engine ${engine}` : detail,
  }));
  if (tensorflow === true) {
    return [{ part: "training engine", verdict: "ok", detail: "tensorflow, with captured steps" }, ...lines];
  }
  if (best === undefined) {
    const detail = "none can be had, not even plain JavaScript";
    return [{ part: "training engine", verdict: "gap", detail, fix: "deno task train --epochs 1" }, ...lines];
  }
  const slow = `${best.engine}, several times slower than tensorflow (docs/engines.md)`;
  const detail = tensorflow === "fetched" ? `tensorflow once it is fetched, or else ${slow}` : slow;
  return [{ part: "training engine", verdict: "note", detail }, ...lines];
}

/** Free disk for runs, caches and the gallery. */
export async function checkDisk(machine: Machine, home: string): Promise<Finding> {
  const folder = await machine.exists(home) ? home : ".";
  const free = await machine.freeBytes(folder);
  if (free === undefined) return { part: "disk", verdict: "note", detail: `can't be read for ${home}` };
  const detail = `${gigabytes(free)} free for ${home}`;
  return free > 2e9 ? { part: "disk", verdict: "ok", detail } : {
    part: "disk",
    verdict: "gap",
    detail: `${detail}: a first training fetches up to 1 GB`,
    fix: "deno task start --home <a folder on a larger disk>",
  };
}

/** The full Fashion-MNIST, from Debian's package or the cache. */
export async function checkFashionMnist(machine: Machine, home: string): Promise<Finding> {
  for (const folder of ["/usr/share/datasets/fashion-mnist", join(home, "datasets", "fashion-mnist")]) {
    if (await machine.exists(join(folder, "train-images-idx3-ubyte.gz"))) {
      return { part: "Fashion-MNIST", verdict: "ok", detail: folder };
    }
  }
  return {
    part: "Fashion-MNIST",
    verdict: "gap",
    detail: "not here: only the sample in data/ can be trained on",
    fix: "deno task data",
  };
}

/** The font that the emoji dataset is drawn from. */
export async function checkEmojiFont(machine: Machine): Promise<Finding> {
  const font = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf";
  if (await machine.exists(font)) return { part: "emoji font", verdict: "ok", detail: font };
  return {
    part: "emoji font",
    verdict: "gap",
    detail: "not here: needed for the emoji dataset alone",
    fix: "apt-get install fonts-noto-color-emoji",
  };
}

/** Chromium, for the browser tests and the screenshots. */
export async function checkChromium(machine: Machine): Promise<Finding> {
  const version = await machine.run("chromium", ["--version"]);
  if (version) return { part: "Chromium", verdict: "ok", detail: version };
  return {
    part: "Chromium",
    verdict: "gap",
    detail: "not here: browser tests are skipped",
    fix: "apt-get install chromium",
  };
}

/** pip, which fetches libtensorflow. */
export async function checkPip(machine: Machine): Promise<Finding> {
  const version = await machine.run("python3", ["-m", "pip", "--version"]);
  if (version) return { part: "pip", verdict: "ok", detail: version.split(" from ")[0]! };
  return {
    part: "pip",
    verdict: "gap",
    detail: "not here: libtensorflow can't be fetched with it",
    fix: "apt-get install python3-pip",
  };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;
}
