/** Ctrl-C for commands that have nothing to save: the first ends the work in order, the second at once. */
import type { ExitCode } from "./command.ts";

/**
 * Runs some work that stops when the person presses Ctrl-C (or the process is asked to end).
 *
 * @param work is given a signal that is aborted then
 * @returns what the work returns, or 130 when it was stopped
 */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<ExitCode | void>): Promise<ExitCode> {
  const controller = new AbortController();
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  const stop = () => {
    if (controller.signal.aborted) Deno.exit(130);
    controller.abort();
  };
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  try {
    return await work(controller.signal) ?? 0;
  } catch (error) {
    if (controller.signal.aborted && error === controller.signal.reason) return 130;
    throw error;
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}
