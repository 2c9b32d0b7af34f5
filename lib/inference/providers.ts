/** Which execution provider a graph runs on: each is tried by itself, and the quickest is kept. */
import { LatentboardError } from "../errors.ts";
import { canLoad } from "../tensorflow/libc.ts";
import { OnnxSession, type ProviderName } from "./session.ts";

/** The execution providers that are known, in the order in which they are tried by default. */
export const PROVIDERS: readonly ProviderName[] = ["cuda", "webgpu", "cpu"];

/** A provider that is not in use, and why. */
export interface RejectedProvider {
  /** Which one. */
  readonly name: ProviderName;
  /** Why not, in one line: it could not be opened, or another one was quicker. */
  readonly reason: string;
}

/** Which provider a graph runs on. */
export interface ProviderReport {
  /** The one in use. */
  readonly provider: ProviderName;
  /** Milliseconds of one run at batch 1 in the trial, the median. */
  readonly milliseconds: number;
  /** Those that were tried and not taken. */
  readonly rejected: readonly RejectedProvider[];
}

/** What can be opened on this machine. */
export interface ProviderProbe {
  /** Those that opened a graph, in the order asked for. */
  readonly available: readonly ProviderName[];
  /** Those that did not. */
  readonly rejected: readonly RejectedProvider[];
}

/** A graph, opened on the provider that suits it. */
export interface OpenedSession {
  /** The graph. */
  readonly session: OnnxSession;
  /** What it runs on and why. */
  readonly report: ProviderReport;
}

/** One run of a graph, as the trial times it. */
export type Trial = (session: OnnxSession) => Promise<unknown>;

const NEEDS: Readonly<Record<ProviderName, string>> = {
  cuda: "it needs an NVIDIA GPU, and onnxruntime's CUDA libraries beside onnxruntime-node",
  webgpu: "it needs a GPU with a Vulkan, Metal or Direct3D 12 driver",
  cpu: "it needs nothing more",
};

/** What WebGPU stands on, on Linux. */
const VULKAN = "libvulkan.so.1";

/** A run slower than this is tried on all cores as well, in milliseconds. */
const WORTH_MORE_THREADS = 2;

/**
 * Checks the names of providers.
 *
 * @throws {LatentboardError} `invalid` when one is unknown, or there is none
 */
export function parseProviders(names: readonly string[]): ProviderName[] {
  const unknown = names.find((name) => !(PROVIDERS as readonly string[]).includes(name));
  if (unknown !== undefined || names.length === 0) {
    throw new LatentboardError(
      "invalid",
      `${unknown === undefined ? "No" : `"${unknown}" is no`} execution provider: choose from ${PROVIDERS.join(", ")}`,
      { field: "providers" },
    );
  }
  return [...new Set(names as ProviderName[])];
}

/**
 * Opens a tiny graph on each provider by itself. A provider that can't be had fails here, and says why.
 *
 * @param names the providers to try; all that are known by default
 * @throws {LatentboardError} `invalid` when a name is unknown
 */
export async function probeProviders(names: readonly string[] = PROVIDERS): Promise<ProviderProbe> {
  const available: ProviderName[] = [];
  const rejected: RejectedProvider[] = [];
  for (const name of parseProviders(names)) {
    if (name === "webgpu" && Deno.build.os === "linux" && !canLoad(VULKAN)) {
      // Dawn would say so in the terminal, in lines that are not ours
      rejected.push({ name, reason: `there is no ${VULKAN}: apt-get install libvulkan1, and a GPU's driver` });
      continue;
    }
    try {
      const session = await OnnxSession.open(TINY_GRAPH, { provider: name });
      await session.run(Float32Array.of(1), 1, ["y"]).finally(() => session.close());
      available.push(name);
    } catch (error) {
      if (error instanceof LatentboardError) throw error;
      rejected.push({ name, reason: `${reasonOf(error)} (${NEEDS[name]})` });
    }
  }
  return { available, rejected };
}

/**
 * Opens graphs on the provider that suits each. What the machine has is found out once, with the first graph.
 *
 * Given the default list, in the default order, every provider that opens a graph is timed and the quickest kept: a GPU
 * can lose, as one that is emulated does, or one that takes longer to reach than a small picture takes to decode. Any
 * other list is an order that is forced: the first that opens the graph is taken.
 */
export class ProviderSelector {
  /** True when the order is forced. */
  readonly forced: boolean;
  readonly #names: readonly ProviderName[];
  #probe: Promise<ProviderProbe> | undefined;

  /**
   * Tries nothing yet.
   *
   * @param names which providers to try
   * @throws {LatentboardError} `invalid` when a name is unknown
   */
  constructor(names: readonly string[] = PROVIDERS) {
    this.#names = parseProviders(names);
    this.forced = this.#names.join() !== PROVIDERS.join();
  }

  /** What of this selector's providers the machine has. */
  probe(): Promise<ProviderProbe> {
    return this.#probe ??= probeProviders(this.#names);
  }

  /**
   * Opens a graph on the provider that suits it.
   *
   * @param bytes an .onnx file's content
   * @param trial runs the graph once at batch 1; a LatentboardError from it is passed on
   * @throws {LatentboardError} `unavailable` when the machine has none of the providers, `damaged` when none of those
   * it has can run this graph
   */
  async open(bytes: Uint8Array, trial: Trial): Promise<OpenedSession> {
    const probe = await this.probe();
    if (probe.available.length === 0) {
      throw new LatentboardError(
        "unavailable",
        `No execution provider could be opened, add cpu to the list: ${described(probe.rejected)}`,
        { field: "providers" },
      );
    }
    const failed: RejectedProvider[] = [];
    const timed: TimedSession[] = [];
    for (const provider of probe.available) {
      try {
        timed.push(await openTimed(bytes, provider, trial));
      } catch (error) {
        if (error instanceof LatentboardError) {
          await Promise.all(timed.map(({ session }) => session.close()));
          throw error;
        }
        failed.push({ name: provider, reason: reasonOf(error) });
      }
      if (this.forced && timed.length > 0) break;
    }
    const [best, ...slower] = timed.sort((a, b) => a.milliseconds - b.milliseconds);
    if (best === undefined) {
      throw new LatentboardError("damaged", `The ONNX graph can't be run: ${described(failed)}`, { field: "model" });
    }
    await Promise.all(slower.map(({ session }) => session.close()));
    const provider = best.session.provider;
    const beaten = slower.map(({ session, milliseconds }) => ({
      name: session.provider,
      reason: `${rounded(milliseconds)} ms a picture, ${provider} takes ${rounded(best.milliseconds)} ms`,
    }));
    const rejected = [...probe.rejected, ...failed, ...beaten];
    rejected.sort((a, b) => this.#names.indexOf(a.name) - this.#names.indexOf(b.name));
    return { session: best.session, report: { provider, milliseconds: best.milliseconds, rejected } };
  }
}

interface TimedSession {
  readonly session: OnnxSession;
  readonly milliseconds: number;
}

async function openTimed(bytes: Uint8Array, provider: ProviderName, trial: Trial): Promise<TimedSession> {
  const single = await timeSession(await OnnxSession.open(bytes, { provider }), trial);
  const cores = navigator.hardwareConcurrency;
  if (provider !== "cpu" || cores < 2 || single.milliseconds < WORTH_MORE_THREADS) return single;
  const several = await timeSession(await OnnxSession.open(bytes, { provider, threads: cores }), trial);
  const [kept, other] = several.milliseconds < single.milliseconds * 0.8 ? [several, single] : [single, several];
  await other.session.close();
  return kept;
}

/** Times a graph: once to warm up, then until ten runs are done or 60 ms are over. */
async function timeSession(session: OnnxSession, trial: Trial): Promise<TimedSession> {
  try {
    await trial(session);
    const runs: number[] = [];
    const begin = performance.now();
    while (runs.length < 10 && (runs.length === 0 || performance.now() - begin < 60)) {
      const start = performance.now();
      await trial(session);
      runs.push(performance.now() - start);
    }
    runs.sort((a, b) => a - b);
    return { session, milliseconds: runs[Math.floor(runs.length / 2)]! };
  } catch (error) {
    await session.close();
    throw error;
  }
}

function described(rejected: readonly RejectedProvider[]): string {
  return rejected.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
}

function rounded(milliseconds: number): string {
  return milliseconds < 10 ? milliseconds.toPrecision(2) : milliseconds.toFixed(0);
}

/** The last line of a native error, without the source files and functions that it names before. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.trim().split("\n").at(-1)!.trim();
  return line.replace(/^.*\bwas false\. /, "").replace(/^\S*\/onnxruntime_src\/\S+ /, "").replace(/^Ort\w+: /, "")
    .slice(0, 300);
}

/** An ONNX file by hand: one graph, `y = Neg(x)`, float32 `[batch, 1]`, opset 17. */
const TINY_GRAPH = message(
  [1, 8], // ir_version
  [
    7,
    message( // graph
      [1, message([1, "x"], [2, "y"], [4, "Neg"])], // node: input, output, op_type
      [2, "tiny"], // name
      [11, valueInfo("x")],
      [12, valueInfo("y")],
    ),
  ],
  [8, message([1, ""], [2, 17])], // opset_import
);

function valueInfo(name: string): Uint8Array {
  const shape = message([1, message([2, "batch"])], [1, message([1, 1])]);
  return message([1, name], [2, message([1, message([1, 1], [2, shape])])]); // elem_type 1 is float32
}

/** A protobuf message of small numbers, texts and messages, each shorter than 128 bytes. */
function message(...fields: [number, number | string | Uint8Array][]): Uint8Array {
  return Uint8Array.from(fields.flatMap(([field, value]) => {
    if (typeof value === "number") return [field << 3, value];
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return [field << 3 | 2, bytes.length, ...bytes];
  }));
}
