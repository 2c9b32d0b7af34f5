/**
 * Starts processes that train, and the one that fetches what shared boards run on. The server itself may start none: it
 * asks the process that started it, which starts these programs for this home and nothing else. Imports no package: `deno task start` runs this before any is
 * fetched.
 */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";

/** What a launcher can be asked to start; everything else stands in the home, where the server writes it. */
export interface LaunchRequest {
  /** `train` a run, `estimate` what a configuration would cost, or fetch the runtime of shared boards. */
  readonly action: "train" | "estimate" | "share";
  /** The run's or the estimate's id; {@linkcode SHARE_RUNTIME} for the third. */
  readonly id: string;
}

/** How a process ended. */
export interface LaunchedExit {
  /** Its exit code. */
  readonly code: number;
  /** The end of what it wrote to its standard error. */
  readonly error: string;
}

/** Starts processes that train. */
export interface TrainerLauncher {
  /**
   * Starts a process.
   *
   * @returns how it ended, if this launcher lives to see it
   * @throws {LatentboardError} `unavailable` when it can't be started
   */
  launch(request: LaunchRequest): Promise<LaunchedExit>;
  /** Waits for nothing any more; what was started goes on. */
  close(): void;
}

/** Where a launched process works. */
export interface LaunchPlaces {
  readonly home: string;
  readonly models: string;
}

/** What `share` fetches. */
export const SHARE_RUNTIME = "runtime";

const ID = /^[a-zA-Z0-9][\w.-]{0,120}$/;

/** How much of the standard error is kept. */
const ERROR_BYTES = 4096;

/** Lower priority than the server's, so that a board stays quick while every core trains. */
const NICENESS = "10";

/**
 * Checks that a value asks for something that may be started.
 *
 * @throws {LatentboardError} `invalid`
 */
export function checkLaunchRequest(value: unknown): LaunchRequest {
  const { action, id } = (value ?? {}) as Record<string, unknown>;
  if (action === "share" && id === SHARE_RUNTIME) return { action, id };
  if ((action === "train" || action === "estimate") && typeof id === "string" && ID.test(id) && !id.includes("..")) {
    return { action, id };
  }
  throw new LatentboardError(
    "invalid",
    "Only a run or an estimate of this home, or the fetching of the runtime of shared boards, can be started",
  );
}

/** Where the server puts the configuration of an estimate, and its process the result. */
export function estimateFiles(home: string, id: string): { readonly config: string; readonly result: string } {
  return { config: join(home, "estimates", `${id}.json`), result: join(home, "estimates", `${id}.result.json`) };
}

/** The command line of `deno task train`, or of `deno task share`, for a request. */
export function launchArguments({ action, id }: LaunchRequest, { home, models }: LaunchPlaces): string[] {
  if (action === "share") {
    const task = ["run", "--quiet", "--no-prompt", "--lock=serve.lock", "-P=data", join("lib", "cli", "share.ts")];
    return [...task, "--prepare", "--home", home];
  }
  const { config, result } = estimateFiles(home, id);
  return [
    ...["run", "--quiet", "--no-prompt", "--lock=deno.lock", "-P=train", join("lib", "cli", "train.ts")],
    ...action === "train" ? ["--resume", id] : ["--config", config, "--estimate", result],
    ...["--home", home, "--models", models],
  ];
}

/**
 * Starts a process that outlives this one.
 *
 * @param request checked
 * @param places of the server
 */
export async function spawnTrainer(request: LaunchRequest, places: LaunchPlaces): Promise<LaunchedExit> {
  const command = [Deno.execPath(), ...launchArguments(request, places)];
  const [program, ...args] = Deno.build.os === "windows" ? command : ["nice", "-n", NICENESS, ...command];
  const options = { args, stdin: "null", stdout: "null", stderr: "piped", detached: true } as const;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program!, options).spawn();
  } catch (cause) {
    throw new LatentboardError("unavailable", `Cannot start training: ${program} can't be run`, { cause });
  }
  let error = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    error = (error + text).slice(-ERROR_BYTES);
  }
  return { code: (await child.status).code, error };
}

/** Starts processes itself: for a server that may, as in tests and while developing. */
export class DirectLauncher implements TrainerLauncher {
  readonly #places: LaunchPlaces;

  /** @param places of the server */
  constructor(places: LaunchPlaces) {
    this.#places = places;
  }

  launch(request: LaunchRequest): Promise<LaunchedExit> {
    return spawnTrainer(checkLaunchRequest(request), this.#places);
  }

  close(): void {}
}

/** One line of the conversation between the server, on its standard output and input, and the process that started it. */
interface Asked extends LaunchRequest {
  readonly request: number;
}

interface Answered extends LaunchedExit {
  readonly request: number;
}

/** Asks the process that started this one, over the standard output and input. */
export class PipedLauncher implements TrainerLauncher {
  /** Resolves when that process has ended. */
  readonly ended: Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<LaunchedExit>>();
  readonly #reader = linesOf(Deno.stdin.readable).getReader();
  #last = 0;

  /** Listens at once: one per process. */
  constructor() {
    this.ended = this.#listen().catch(() => {}).finally(() => {
      for (const { reject } of this.#waiting.values()) reject(noLauncher());
      this.#waiting.clear();
    });
  }

  launch(request: LaunchRequest): Promise<LaunchedExit> {
    const asked: Asked = { request: ++this.#last, ...checkLaunchRequest(request) };
    const answer = Promise.withResolvers<LaunchedExit>();
    this.#waiting.set(asked.request, answer);
    const bytes = encodeLine(asked);
    for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
    return answer.promise;
  }

  close(): void {
    this.#reader.cancel().catch(() => {});
  }

  async #listen(): Promise<void> {
    for (let line = await this.#reader.read(); !line.done; line = await this.#reader.read()) {
      const { request, ...exit } = JSON.parse(line.value) as Answered;
      this.#waiting.get(request)?.resolve(exit);
      this.#waiting.delete(request);
    }
  }
}

function noLauncher(): LatentboardError {
  return new LatentboardError(
    "unavailable",
    "Training can't be started from here: start Latentboard with deno task start",
  );
}

/**
 * Answers a server's {@linkcode PipedLauncher} until the server ends.
 *
 * @param output the server's standard output
 * @param write writes to its standard input
 * @param launch starts what was asked for; the request is not checked yet
 */
export async function serveLauncher(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
  write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  launch: (request: unknown) => Promise<LaunchedExit>,
): Promise<void> {
  for await (const line of linesOf(output)) {
    let request: number | undefined;
    try {
      const asked = JSON.parse(line) as Asked;
      request = asked.request;
      launch(asked).catch((error): LaunchedExit => ({
        code: 1,
        error: error instanceof Error ? error.message : String(error),
      })).then((exit) => write(encodeLine({ request: request!, ...exit } satisfies Answered))).catch(() => {});
    } catch {
      // not a request: something else was printed
    }
  }
}

function linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<string> {
  let rest = "";
  return stream.pipeThrough(new TextDecoderStream()).pipeThrough(
    new TransformStream<string, string>({
      transform(text, controller) {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
    }),
  );
}

function encodeLine(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value) + "\n");
}
