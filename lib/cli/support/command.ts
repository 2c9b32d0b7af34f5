// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** How every command begins and ends: help, one clear sentence for a fault, an exit code. */
import { LatentboardError } from "../../errors.ts";
import { configureLog, log, type LogLevel } from "../../log.ts";
import { faultyPath, storageFault } from "../../system/storage.ts";
import { type CommandSpec, helpText, parseCommand, type ParsedCommand } from "../../settings.ts";

/** Exit codes: 0 done, 1 it failed, 2 the command line is wrong, 130 stopped by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;

/**
 * Runs a command and ends the process with its exit code.
 *
 * `--help` prints the help and ends with 0. Every fault is shown in one line; at `--log-level debug` with its stack.
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
    console.error(`error: ${describeFault(error)}`);
    log.debug("cause", { error });
    return 1;
  }
}

/** What is wrong, in one line; where it comes from is for the log. */
function describeFault(error: unknown): string {
  const path = faultyPath(error);
  const fault = storageFault(error, path);
  if (fault !== undefined) return fault.message;
  if (error instanceof Deno.errors.NotCapable) {
    const [, access = "use", place = "that"] = /Requires (\w+) access to (.+?),/.exec(error.message) ?? [];
    return `This command has no right to ${access} ${
      place.replaceAll('"', "")
    }: choose another place, such as one below --home`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return `${message.trim().split("\n")[0]} (--log-level debug shows where)`;
}
