/** Options of `app.listen()` and the builder's `listen()`. */
export type ListenOptions =
  & Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>
  & {
    /** Public address of the server, told beside the local one. */
    remoteAddress?: string;
  };

/** Ports that are tried, first to last, where none is named. */
const FIRST_PORT = 8000;
const LAST_PORT = 8019;

/** Starts to serve a handler and tells the terminal where. */
export function listen(
  handler: (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>,
  basePath: string,
  options: ListenOptions,
): void {
  const settings = { onListen: announce(basePath, options), ...options };
  if (options.port) {
    Deno.serve({ ...settings, port: options.port }, handler);
    return;
  }
  for (let port = FIRST_PORT; port <= LAST_PORT; port++) {
    try {
      Deno.serve({ ...settings, port }, handler);
      return;
    } catch (error) {
      const taken = error instanceof Deno.errors.AddrInUse;
      if (!taken || port === LAST_PORT) throw error;
    }
  }
}

function announce(basePath: string, options: ListenOptions) {
  return ({ hostname, port }: Deno.NetAddr) => {
    const protocol = options.key !== undefined ? "https" : "http";
    const host = hostname === "0.0.0.0" || hostname === "::"
      ? "localhost"
      : hostname.includes(":")
      ? `[${hostname}]`
      : hostname;
    // deno-lint-ignore no-console -- tells the developer where the app is
    console.log(`Fresh ready: ${protocol}://${host}:${port}${basePath}/`);
    if (options.remoteAddress !== undefined) {
      // deno-lint-ignore no-console -- tells the developer where the app is
      console.log(`Remote: ${options.remoteAddress}`);
    }
  };
}
