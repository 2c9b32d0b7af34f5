// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** How every command begins and ends: help, one clear sentence for a fault, an exit code. */
import { LatentboardError } from "../../errors.ts";
import { configureLog, log, type LogLevel } from "../../log.ts";
import { type CommandSpec, helpText, parseCommand, type ParsedCommand } from "../../settings.ts";

/** Exit codes: 0 done, 1 it failed, 2 the command line is wrong, 130 stopped by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;

/**
 * Runs a command and ends the process with its exit code.
 *
 * `--help` prints the help and ends with 0. A {@linkcode LatentboardError} is shown as its one sentence; anything else
 * is a fault of ours and is shown with its stack.
 *
 * @param spec what the command takes
 * @param main the command; what it returns is the exit code, 0 when nothing is returned
 * @param args the command line, without the command's name
 */
export async function runCommand(
  spec: CommandSpec,
  main: (command: ParsedCommand) => Promise<ExitCode | void> | ExitCode | void,
  args: readonly string[] = Deno.args,
): Promise<never> {
  Deno.exit(await run(spec, main, args));
}

async function run(
  spec: CommandSpec,
  main: (command: ParsedCommand) => Promise<ExitCode | void> | ExitCode | void,
  args: readonly string[],
): Promise<ExitCode> {
  try {
    const command = parseCommand(spec, args);
    if (command.help) {
      console.log(helpText(spec));
      return 0;
    }
    const level = command.options["log-level"];
    if (typeof level === "string") configureLog({ level: level as LogLevel });
    return await main(command) ?? 0;
  } catch (error) {
    if (error instanceof LatentboardError) {
      console.error(`error: ${error.message}`);
      log.debug("cause", { error });
      return error.kind === "invalid" ? 2 : 1;
    }
    const fault = fileSystemFault(error);
    if (fault !== undefined) {
      console.error(`error: ${fault}`);
      log.debug("cause", { error });
      return 1;
    }
    log.error(`"deno task ${spec.name}" failed in a way that it should not: please report this`, { error });
    return 1;
  }
}

/** What the system says of a place that a person can mend, by its code. */
const FILE_SYSTEM_FAULTS: Readonly<Record<string, string>> = {
  EACCES: "this user has no right to it",
  EPERM: "this user has no right to it",
  EROFS: "it lies on a disk that can only be read",
  ENOTDIR: "a part of that path is a file and no folder",
  EISDIR: "it is a folder and no file",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
};

/** One sentence for a file that can't be read or written; undefined where it is something else. */
export function fileSystemFault(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const reason = FILE_SYSTEM_FAULTS[String(error.code)];
  const path = /: \w+ '(.+?)'/.exec(error.message)?.[1];
  return reason && `Cannot use ${path ?? "a file or folder"}: ${reason}`;
}
