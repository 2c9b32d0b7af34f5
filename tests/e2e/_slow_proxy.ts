/** A TCP proxy that delays every byte, as a distant server does. */

/** A running proxy. */
export interface SlowProxy {
  readonly origin: string;
  /** Connections that were opened so far. */
  readonly connections: () => number;
  close(): void;
}

/**
 * Starts a proxy on a free port of this machine.
 *
 * @param target the server's origin
 * @param roundTrip milliseconds, half of them each way
 */
export function startSlowProxy(target: string, roundTrip: number): SlowProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = Number(new URL(target).port);
  let connections = 0;
  (async () => {
    for await (const near of listener) {
      connections++;
      const far = await Deno.connect({ hostname: "127.0.0.1", port });
      for (const [from, to] of [[near, far], [far, near]] as const) {
        from.readable.pipeThrough(delay(roundTrip / 2)).pipeTo(to.writable).catch(() => {}); // a side that has gone
      }
    }
  })();
  return {
    origin: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    connections: () => connections,
    close: () => listener.close(),
  };
}

/** Delays each chunk, in order; later chunks do not wait for earlier ones' delays to end. */
function delay(milliseconds: number): TransformStream<Uint8Array, Uint8Array> {
  let last: Promise<void> = Promise.resolve();
  return new TransformStream<Uint8Array, Uint8Array>(
    {
      transform(chunk, controller) {
        const due = new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
        last = Promise.all([last, due]).then(() => controller.enqueue(chunk)).catch(() => {});
      },
      flush: () => last,
    },
    { highWaterMark: 1 },
    { highWaterMark: 64 },
  );
}
