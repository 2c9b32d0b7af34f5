/**
 * How another process steers one that trains: `process.json` in the run's folder says which process it is, and
 * `control.json` what that process is asked to do. Files, since a server may neither signal a process nor be its parent.
 */
import { join } from "node:path";
import { writeFileAtomic } from "../system/files.ts";

/** What a process that trains can be asked to do. */
export type ControlCommand =
  | "run" // go on after a pause
  | "pause" // between two steps, after a checkpoint
  | "stop" // with a checkpoint, to be resumed
  | "finish"; // publish the model as it is

/** The whole of process.json. */
export interface RunProcess {
  /** The process's id, for people: that it lives is told by the run's lock alone. */
  readonly pid: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Random: commands for an earlier process of the same run are not for this one. */
  readonly token: string;
}

interface Control {
  readonly token: string;
  readonly command: ControlCommand;
}

const PROCESS = "process.json";
const CONTROL = "control.json";
const POLL_MILLISECONDS = 200;

/** The process that trains a run, or did so last. */
export async function readRunProcess(run: string): Promise<RunProcess | undefined> {
  return await readJson<RunProcess>(join(run, PROCESS));
}

/** Asks a run's process for something. */
export async function sendControl(run: string, process: RunProcess, command: ControlCommand): Promise<void> {
  const control: Control = { token: process.token, command };
  await writeFileAtomic(join(run, CONTROL), JSON.stringify(control) + "\n");
}

/** What a run's process was asked for last. */
export async function readControl(run: string, process: RunProcess): Promise<ControlCommand | undefined> {
  const control = await readJson<Control>(join(run, CONTROL));
  return control?.token === process.token ? control.command : undefined;
}

/** Listens for what this process is asked to do. */
export class ControlListener {
  readonly #run: string;
  readonly #process: RunProcess;
  readonly #onCommand: (command: ControlCommand) => void;
  #last: ControlCommand | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(run: string, process: RunProcess, onCommand: (command: ControlCommand) => void) {
    this.#run = run;
    this.#process = process;
    this.#onCommand = onCommand;
  }

  /**
   * Writes process.json and listens.
   *
   * @param onCommand called with each new command
   */
  static async start(run: string, onCommand: (command: ControlCommand) => void): Promise<ControlListener> {
    const process = { pid: Deno.pid, startedAt: new Date().toISOString(), token: crypto.randomUUID() };
    await writeFileAtomic(join(run, PROCESS), JSON.stringify(process) + "\n");
    const listener = new ControlListener(run, process, onCommand);
    listener.#timer = setInterval(() => listener.#poll(), POLL_MILLISECONDS);
    return listener;
  }

  /** Stops listening. */
  stop(): void {
    clearInterval(this.#timer);
  }

  async #poll(): Promise<void> {
    const command = await readControl(this.#run, this.#process).catch(() => undefined);
    if (command === undefined || command === this.#last) return;
    this.#last = command;
    this.#onCommand(command);
  }
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path)) as T;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
