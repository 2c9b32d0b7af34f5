/** Serving until Ctrl-C or SIGTERM: the first ends it in order within five seconds, the second at once. */
import { closeServices } from "../../http/state.ts";
import { type ServerOptions, serveUntil } from "../../http/server.ts";
import { log } from "../../log.ts";
import { onInterrupt } from "./interrupt.ts";

/** What the services get to close, after the requests. */
const CLOSE_MS = 1000;

/**
 * Serves until a signal, then closes the services.
 *
 * @param ended resolves when the process that started this one is gone, which counts as a signal
 */
export async function serveUntilSignalled(options: ServerOptions, ended?: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const dispose = onInterrupt(() => stop.abort(), () => Deno.exit(130));
  ended?.then(() => stop.abort());
  try {
    const cut = await serveUntil(stop.signal, options);
    if (cut > 0) log.warn(`${cut} requests took too long to end and were cut off`);
  } finally {
    await closeInTime();
    dispose();
  }
}

async function closeInTime(): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, CLOSE_MS));
  await Promise.race([closeServices(), late]);
  clearTimeout(timer);
}
