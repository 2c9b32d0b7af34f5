/**
 * The server process: serves the built app until Ctrl-C or SIGTERM. Started by lib/cli/start.ts with the rights that it
 * needs; `deno task start` is how a person starts it.
 */
import { LatentboardError } from "../errors.ts";
import { configureLog, log } from "../log.ts";
import { PipedLauncher } from "../runs/launch.ts";
import { readSettings } from "../settings.ts";
import { runCommand } from "./support/command.ts";
import { START } from "./start.ts";

/** The shape of what Fresh's build writes to `_fresh/server.js`. */
interface BuiltServer {
  readonly default: {
    readonly fetch: (request: Request, info?: Deno.ServeHandlerInfo) => Response | Promise<Response>;
  };
}

if (import.meta.main) {
  await runCommand(START, async ({ options }) => {
    const settings = readSettings(options);
    configureLog({ level: settings.logLevel, json: settings.logJson });
    const { openServices } = await import("../http/state.ts");
    const { refuseMalformedAddress } = await import("../http/guards.ts");
    const { serveUntilSignalled } = await import("./support/serving.ts");
    const { state: mayRun } = await Deno.permissions.query({ name: "run" });
    const launcher = mayRun === "granted" ? undefined : new PipedLauncher();
    const { access } = await openServices(settings, launcher);
    const app = await import(new URL("../../_fresh/server.js", import.meta.url).href) as BuiltServer;

    try {
      await serveUntilSignalled({
        hostname: settings.host,
        port: settings.port,
        handler: (request, info) => refuseMalformedAddress(request) ?? app.default.fetch(request, info),
        onListen: ({ hostname, port }) => {
          const host = hostname.includes(":") ? `[${hostname}]` : hostname;
          const origin = `http://${host}:${port}`;
          log.info(`Latentboard is at ${access.links(origin).get("owner") ?? origin}  (Ctrl-C ends it)`);
          const guests = access.links(origin).get("guest");
          if (guests !== undefined) log.info(`Guests, who may look but not change, open ${guests}`);
        },
      }, launcher?.ended);
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) {
        throw new LatentboardError(
          "unavailable",
          `Port ${settings.port} is taken: end what listens there, or choose another with --port`,
          { field: "port", cause: error },
        );
      }
      if (error instanceof Deno.errors.AddrNotAvailable || isLookupFault(error)) {
        throw new LatentboardError("invalid", `This machine has no address ${settings.host}: choose another --host`, {
          field: "host",
          cause: error,
        });
      }
      throw error;
    }
  });
}

/** A name that leads to no address; the error comes without a code. */
function isLookupFault(error: unknown): boolean {
  return error instanceof Error &&
    /failed to lookup address|No such host|Name or service not known/i.test(error.message);
}
