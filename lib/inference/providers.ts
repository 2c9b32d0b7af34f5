/** Chooses the execution provider of a graph: each is tried by itself, and the fastest is kept. */
import { LatentboardError } from "../errors.ts";
import { canLoad, withoutStderr } from "../tensorflow/libc.ts";
import { openCuda } from "./cuda.ts";
import { type ProviderName, PROVIDERS } from "../protocol.ts";
import { OnnxSession } from "./session.ts";

export { PROVIDERS };

/** A provider that is not in use, and why. */
export interface RejectedProvider {
  readonly name: ProviderName;
  /** One line: it could not be opened, or another one was faster. */
  readonly reason: string;
}

/** Which provider a graph runs on. */
export interface ProviderReport {
  readonly provider: ProviderName;
  /** The median of the trial's runs at batch 1. */
  readonly milliseconds: number;
  /** A run of the trial at batch {@linkcode TRIAL_BATCH}. */
  readonly batchMilliseconds: number;
  /** Those that were tried and not taken. */
  readonly rejected: readonly RejectedProvider[];
}

/** What this machine has, in the order that was asked for. */
export interface ProviderProbe {
  readonly available: readonly ProviderName[];
  readonly rejected: readonly RejectedProvider[];
}

/** The larger batch of a trial. */
export const TRIAL_BATCH = 64;

/** A graph, and how to try it out. */
export interface GraphTrial {
  /** An .onnx file's content. */
  readonly bytes: Uint8Array;
  /** Runs the graph at a batch of 1 or {@linkcode TRIAL_BATCH}; a LatentboardError from it is passed on. */
  readonly run: (session: OnnxSession, count: number) => Promise<unknown>;
}

const NEEDS: Readonly<Record<ProviderName, string>> = {
  cuda: "it needs an NVIDIA GPU",
  webgpu: "it needs a GPU with a Vulkan, Metal or Direct3D 12 driver",
  cpu: "it needs nothing more",
};

/** What WebGPU needs on Linux. */
const VULKAN = "libvulkan.so.1";

/** Slower runs are tried on all cores as well. */
const SINGLE_THREAD_MS = 2;

/**
 * Checks the names of providers.
 *
 * @throws {LatentboardError} `invalid` when one is unknown, or there is none
 */
export function parseProviders(names: readonly string[]): ProviderName[] {
  const unknown = names.find((name) => !PROVIDERS.includes(name as ProviderName));
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
 * Opens a tiny graph on each provider by itself: one that this machine lacks fails with its reason.
 *
 * @throws {LatentboardError} `invalid` when a name is unknown
 */
export async function probeProviders(names: readonly string[] = PROVIDERS): Promise<ProviderProbe> {
  const available: ProviderName[] = [];
  const rejected: RejectedProvider[] = [];
  for (const name of parseProviders(names)) {
    if (name === "webgpu" && Deno.build.os === "linux" && !canLoad(VULKAN)) {
      // Dawn would write to the terminal
      rejected.push({ name, reason: `there is no ${VULKAN}: apt-get install libvulkan1, and a GPU's driver` });
      continue;
    }
    const fault = name === "cuda" ? await openCuda() : undefined;
    if (fault !== undefined) {
      rejected.push({ name, reason: fault });
      continue;
    }
    const open = async () => {
      const session = await OnnxSession.open(TINY_GRAPH, { provider: name });
      await session.run(Float32Array.of(1), 1, ["y"]).finally(() => session.close());
    };
    try {
      await (name === "webgpu" ? withoutStderr(open) : open()); // Dawn prints its faults itself
      available.push(name);
    } catch (error) {
      if (error instanceof LatentboardError) throw error;
      rejected.push({ name, reason: `${reasonOf(error)} (${NEEDS[name]})` });
    }
  }
  return { available, rejected };
}

/**
 * Opens graphs on the provider that suits each. The machine is probed once, with the first graph.
 *
 * Given the default list, every provider that opens a graph is timed and the fastest kept: a GPU can lose where it is
 * emulated, or takes longer to reach than a small picture takes to decode. Any other list forces an order: the first
 * that opens the graph is taken.
 */
export class ProviderSelector {
  readonly forced: boolean;
  readonly #names: readonly ProviderName[];
  #probe: Promise<ProviderProbe> | undefined;

  /** @throws {LatentboardError} `invalid` when a name is unknown */
  constructor(names: readonly string[] = PROVIDERS) {
    this.#names = parseProviders(names);
    this.forced = this.#names.join() !== PROVIDERS.join();
  }

  /** Which of this selector's providers the machine has. */
  probe(): Promise<ProviderProbe> {
    return this.#probe ??= probeProviders(this.#names);
  }

  /**
   * Opens no more graphs on a provider that failed in the middle of work.
   *
   * @returns the reason, in one line
   */
  reject(name: ProviderName, error: unknown): string {
    const reason = `it failed in the middle of work: ${reasonOf(error)}`;
    this.#probe = this.probe().then(({ available, rejected }) => ({
      available: available.filter((other) => other !== name),
      rejected: [...rejected.filter((other) => other.name !== name), { name, reason }],
    }));
    return reason;
  }

  /**
   * Opens a graph on the provider that suits it, and others beside it. A provider that can't run all of them is passed
   * over; the first graph is timed.
   *
   * @param main the graph that is timed
   * @param beside further graphs, each run once
   * @throws {LatentboardError} `unavailable` when the machine has none of the providers, `damaged` when none of those
   * it has can run the graphs
   */
  async open(main: GraphTrial, beside: readonly GraphTrial[] = []): Promise<OpenedGraphs> {
    const probe = await this.probe();
    if (probe.available.length === 0) {
      throw new LatentboardError(
        "unavailable",
        `No execution provider could be opened, add cpu to the list: ${describe(probe.rejected)}`,
        { field: "providers" },
      );
    }
    const failed: RejectedProvider[] = [];
    const timed: TimedGraphs[] = [];
    for (const provider of probe.available) {
      try {
        timed.push(await openTimed(provider, main, beside));
      } catch (error) {
        if (error instanceof LatentboardError) {
          await Promise.all(timed.map(closeTimed));
          throw error;
        }
        failed.push({ name: provider, reason: reasonOf(error) });
      }
      if (this.forced && timed.length > 0) break;
    }
    const [best, ...slower] = timed.sort((a, b) => slowness(a) - slowness(b));
    if (best === undefined) {
      throw new LatentboardError(
        "damaged",
        `The ONNX graph can't be run, train or copy the model again: ${describe(failed)}`,
        { field: "model" },
      );
    }
    await Promise.all(slower.map(closeTimed));
    const provider = best.session.provider;
    const beaten = slower.map((other) => ({
      name: other.session.provider,
      reason: `${describeTimes(other)}, ${provider} takes ${describeTimes(best)}`,
    }));
    const rejected = [...probe.rejected, ...failed, ...beaten];
    rejected.sort((a, b) => this.#names.indexOf(a.name) - this.#names.indexOf(b.name));
    const { session, milliseconds, batchMilliseconds } = best;
    return { session, beside: best.beside, report: { provider, milliseconds, batchMilliseconds, rejected } };
  }
}

/** Graphs on the provider that suits them. */
export interface OpenedGraphs {
  readonly session: OnnxSession;
  /** In the order that they were given. */
  readonly beside: readonly OnnxSession[];
  readonly report: ProviderReport;
}

interface TimedSession {
  readonly session: OnnxSession;
  readonly milliseconds: number;
  readonly batchMilliseconds: number;
}

interface TimedGraphs extends TimedSession {
  readonly beside: readonly OnnxSession[];
}

/** Half of the weight is on single pictures, which sliders ask for, half on batches, which strips and grids do. */
function slowness({ milliseconds, batchMilliseconds }: TimedSession): number {
  return Math.log(milliseconds) + Math.log(batchMilliseconds);
}

function describeTimes({ milliseconds, batchMilliseconds }: TimedSession): string {
  return `${round(milliseconds)} ms per picture and ${round(batchMilliseconds)} ms for ${TRIAL_BATCH}`;
}

async function closeTimed({ session, beside }: TimedGraphs): Promise<void> {
  await Promise.all([session, ...beside].map((one) => one.close()));
}

async function openTimed(
  provider: ProviderName,
  main: GraphTrial,
  others: readonly GraphTrial[],
): Promise<TimedGraphs> {
  const beside: OnnxSession[] = [];
  try {
    for (const { bytes, run } of others) {
      const session = await OnnxSession.open(bytes, { provider });
      beside.push(session);
      await run(session, 1);
    }
    return { ...await openQuickest(provider, main), beside };
  } catch (error) {
    await Promise.all(beside.map((session) => session.close()));
    throw error;
  }
}

/** On the cpu with one thread, or with all where that pays. */
async function openQuickest(provider: ProviderName, { bytes, run }: GraphTrial): Promise<TimedSession> {
  const single = await timeSession(await OnnxSession.open(bytes, { provider }), run);
  const cores = navigator.hardwareConcurrency;
  if (provider !== "cpu" || cores < 2 || single.milliseconds < SINGLE_THREAD_MS) return single;
  const several = await timeSession(await OnnxSession.open(bytes, { provider, threads: cores }), run);
  const [kept, other] = several.milliseconds < single.milliseconds * 0.8 ? [several, single] : [single, several];
  await other.session.close();
  return kept;
}

/** Times a graph: one run to warm up, then ten runs or 60 ms of them; then a large batch, warm where runs are slow. */
async function timeSession(session: OnnxSession, run: GraphTrial["run"]): Promise<TimedSession> {
  const time = async (count: number) => {
    const start = performance.now();
    await run(session, count);
    return performance.now() - start;
  };
  try {
    await run(session, 1);
    const runs: number[] = [];
    const begin = performance.now();
    while (runs.length < 10 && (runs.length === 0 || performance.now() - begin < 60)) runs.push(await time(1));
    runs.sort((a, b) => a - b);
    const first = await time(TRIAL_BATCH);
    // A GPU compiles and allocates for a shape that it sees for the first time.
    const batchMilliseconds = session.provider === "cpu" ? first : await time(TRIAL_BATCH);
    return { session, milliseconds: runs[Math.floor(runs.length / 2)]!, batchMilliseconds };
  } catch (error) {
    await session.close();
    throw error;
  }
}

function describe(rejected: readonly RejectedProvider[]): string {
  return rejected.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
}

function round(milliseconds: number): string {
  return milliseconds < 10 ? milliseconds.toPrecision(2) : milliseconds.toFixed(0);
}

const MAX_REASON = 300;

/** What a native error says at its end, without the source files, functions and template names before it. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.trim().split("\n").at(-1)!.trim();
  const failure = /\b[A-Z]\w+ failure \d+: [^;]+/.exec(line)?.[0].trim(); // CUDA failure 100: …; GPU=0; file=…
  const reason = failure ?? line.replace(/^.*\bwas false\. /, "").replace(/^\S*\/onnxruntime_src\/\S+ /, "")
    .replace(/^Ort\w+: /, "");
  return reason.length <= MAX_REASON ? reason : `…${reason.slice(-MAX_REASON)}`;
}

/** A minimal ONNX file: `y = Neg(x)`, float32 `[batch, 1]`, opset 17. */
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

/** A protobuf message whose fields are numbers below 128, or texts and messages shorter than 128 bytes. */
function message(...fields: [number, number | string | Uint8Array][]): Uint8Array {
  return Uint8Array.from(fields.flatMap(([field, value]) => {
    if (typeof value === "number") return [field << 3, value];
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return [field << 3 | 2, bytes.length, ...bytes];
  }));
}
