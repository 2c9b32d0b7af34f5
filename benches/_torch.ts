/** The PyTorch side of a race: a Python with torch, and a child process that trains on request. */
import { join } from "node:path";

/** What is installed where no Python with torch was named. */
const TORCH = "torch==2.13.0+cpu";

/** How PyTorch is to run. */
export interface TorchVariant {
  /** How pictures lie in memory. */
  readonly layout: "nchw" | "channels_last";
  /** Which of PyTorch's Adams. */
  readonly adam: "plain" | "fused";
  /** Whether the loss goes through torch.compile. */
  readonly compile: boolean;
}

/**
 * A Python that has torch: the one named, or an environment of our own, made on first use.
 *
 * @param named the path of a Python, if one was named
 * @param home the user's folder, where the environment is kept
 * @param say tells the person what is being done
 */
export async function findTorch(
  named: string | undefined,
  home: string,
  say: (text: string) => void,
): Promise<string> {
  if (named !== undefined) return named;
  const folder = join(home, "cache", "torch");
  const python = Deno.build.os === "windows" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  if (await runs(python, ["-c", "import torch"])) return python;
  say(`Installing ${TORCH} into ${folder}: about 200 MB to fetch, 900 MB on the disk`);
  for (
    const [command, args] of [["python3", ["-m", "venv", folder]], [python, ["-m", "pip", "install", TORCH]]] as const
  ) {
    if (await runs(command, [...args], true)) continue;
    throw new Error(`Cannot make an environment with ${TORCH}: name a Python that has torch by --torch-python`);
  }
  return python;
}

async function runs(command: string, args: string[], visible = false): Promise<boolean> {
  try {
    const stdout = visible ? "inherit" : "null";
    const { success } = await new Deno.Command(command, { args, stdout, stderr: stdout }).output();
    return success;
  } catch {
    return false;
  }
}

/** A child process that trains with PyTorch when it is asked to. */
export class TorchSide {
  /** PyTorch's version. */
  readonly version: string;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string>;

  private constructor(child: Deno.ChildProcess, lines: AsyncGenerator<string>, version: string) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#lines = lines;
    this.version = version;
  }

  /**
   * Starts the child.
   *
   * @param python a Python that has torch
   * @param pictures a file of 28 by 28 uint8 pictures
   * @param threads how many it may use
   */
  static async start(python: string, pictures: string, threads: number): Promise<TorchSide> {
    const child = new Deno.Command(python, {
      args: [new URL("train_torch.py", import.meta.url).pathname, pictures, String(threads)],
      env: { OMP_NUM_THREADS: String(threads) },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = linesOf(child.stdout);
    const hello = await answer<{ torch: string }>(lines);
    return new TorchSide(child, lines, hello.torch);
  }

  /**
   * Trains for some steps; the first time in a variant, warms it up before.
   *
   * @returns seconds per step, and the last loss
   */
  async run(model: string, variant: TorchVariant, steps: number): Promise<{ secondsPerStep: number; loss: number }> {
    await this.#input.write(new TextEncoder().encode(JSON.stringify({ model, variant, steps }) + "\n"));
    const { seconds, loss } = await answer<{ seconds: number; loss: number }>(this.#lines);
    return { secondsPerStep: seconds / steps, loss };
  }

  /** Ends the child. */
  async close(): Promise<void> {
    await this.#input.close();
    await this.#child.status;
  }
}

async function answer<T>(lines: AsyncGenerator<string>): Promise<T> {
  const { value, done } = await lines.next();
  if (done) throw new Error("Cannot go on: the PyTorch process has ended, see its message above");
  return JSON.parse(value) as T;
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
