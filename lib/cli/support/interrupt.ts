/** Ctrl-C, and a terminal that is closed: the first ends the work in order, the second at once. */
import type { ExitCode } from "./command.ts";

/**
 * A terminal sends Ctrl-C to `deno task` and to the command alike, and the first passes it on: one press arrives twice.
 * What comes within this time is the same press.
 */
const ONE_PRESS_MILLISECONDS = 500;

/**
 * Listens for Ctrl-C, and for being asked to end.
 *
 * @param first called at the first press
 * @param again called at each further one
 * @returns ends the listening
 */
export function onInterrupt(first: () => void, again: () => void): () => void {
  let since: number | undefined;
  const onSignal = () => {
    if (since === undefined) {
      since = performance.now();
      first();
    } else if (performance.now() - since > ONE_PRESS_MILLISECONDS) {
      again();
    }
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, onSignal);
  return () => {
    for (const signal of signals) Deno.removeSignalListener(signal, onSignal);
  };
}

/**
 * Runs some work, with nothing to save, that stops when the person presses Ctrl-C (or the process is asked to end).
 *
 * @param work is given a signal that is aborted then
 * @returns what the work returns, or 130 when it was stopped
 */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<ExitCode | void>): Promise<ExitCode> {
  const controller = new AbortController();
  const dispose = onInterrupt(() => controller.abort(), () => Deno.exit(130));
  try {
    return await work(controller.signal) ?? 0;
  } catch (error) {
    if (controller.signal.aborted && error === controller.signal.reason) return 130;
    throw error;
  } finally {
    dispose();
  }
}
