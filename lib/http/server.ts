/** The listening socket: opened again when the process runs out of file descriptors, and closed within a time limit. */
import { log } from "../log.ts";
import { makeProblem, problemResponse } from "./problem.ts";
import { endEventStreams } from "./sse.ts";

/** Answers a request. */
export type RequestHandler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

/** Options of {@linkcode serveUntil}. */
export interface ServerOptions {
  readonly hostname: string;
  /** 0 is any free one. */
  readonly port: number;
  readonly handler: RequestHandler;
  /** Called when it listens for the first time. */
  readonly onListen?: (address: Deno.NetAddr) => void;
}

/** What requests under way get to end after {@linkcode serveUntil}'s signal; the rest of 5 s is for the services. */
const GRACE_MS = 4000;

const POLL_MS = 10;
/** What connections without a request get to close. */
const IDLE_MS = 500;

/** Between two attempts to listen again. */
const RELISTEN_MS = 100;

/**
 * Serves until a signal. Then event streams end, nothing new is taken, and what is under way gets four seconds; what is
 * left is cut off.
 *
 * When the process has no file descriptor left for a connection, all connections are closed, which frees theirs, and
 * listening begins again: browsers come back by themselves.
 *
 * @returns how many requests were cut off
 * @throws what `Deno.serve` throws when it can't listen at first
 */
export async function serveUntil(stop: AbortSignal, options: ServerOptions): Promise<number> {
  const { hostname, handler, onListen } = options;
  let { port } = options;
  let active = 0;
  let listening: { readonly server: Deno.HttpServer<Deno.NetAddr>; readonly cut: AbortController };

  const handle: RequestHandler = async (request, info) => {
    if (stop.aborted) {
      const closing = problemResponse(makeProblem(503, "The server is closing: try again later"));
      closing.headers.set("connection", "close");
      return closing;
    }
    active++;
    info.completed.catch(() => {}).finally(() => active--);
    return await handler(request, info);
  };
  const listen = () => {
    const cut = new AbortController();
    const server = Deno.serve({
      hostname,
      port,
      signal: cut.signal,
      automaticCompression: true,
      onListen: (address) => {
        if (port === 0 || listening === undefined) onListen?.(address);
        port = address.port;
      },
    }, handle);
    listening = { server, cut };
    return server;
  };

  listen();
  const stopped = new Promise<"stopped">((resolve) => {
    if (stop.aborted) resolve("stopped");
    else stop.addEventListener("abort", () => resolve("stopped"), { once: true });
  });
  while (true) {
    const { server, cut } = listening!;
    const ended = await Promise.race([stopped, server.finished.then(() => undefined, (error: unknown) => ({ error }))]);
    if (ended === "stopped") break;
    if (ended !== undefined && !isOutOfDescriptors(ended.error)) throw ended.error;
    log.warn("No file descriptor was left for a connection: all were closed. Raise the limit (ulimit -n)");
    cut.abort();
    await listenAgain(listen, stop);
  }
  return await close(listening!, () => active);
}

async function listenAgain(listen: () => void, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await pause(RELISTEN_MS);
    try {
      return listen();
    } catch (error) {
      if (!isOutOfDescriptors(error) && !(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** Waits for what is under way before it shuts the server down, which would break off bodies that are still being read. */
async function close(
  { server, cut }: { server: Deno.HttpServer<Deno.NetAddr>; cut: AbortController },
  active: () => number,
): Promise<number> {
  endEventStreams(); // they would keep it from closing
  for (const started = performance.now(); active() > 0 && performance.now() - started < GRACE_MS;) {
    await pause(POLL_MS);
  }
  const left = active();
  if (left > 0) cut.abort();
  else await Promise.race([server.shutdown().catch(() => {}), pause(IDLE_MS)]); // it may not be listening at the moment
  return left;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** EMFILE or ENFILE, which `Deno.serve` reports without a code. */
function isOutOfDescriptors(error: unknown): boolean {
  return error instanceof Error && /Too many open files|os error 2[34]\b/i.test(error.message);
}
