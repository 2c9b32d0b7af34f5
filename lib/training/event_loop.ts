/** Pauses for the event loop. */

let last = 0;

/**
 * Lets signals, timers and the network have their turn, at most twenty times a second: steps that run op by op never
 * give way by themselves, and Ctrl-C would not arrive. A captured step does, since it is another thread that it waits
 * for; a pause of a millisecond more would cost it one part in fifty.
 */
export async function yieldToEventLoop(): Promise<void> {
  const now = performance.now();
  if (now - last < 50) return;
  last = now;
  await new Promise((resolve) => setTimeout(resolve, 0));
}
