/** The whole app as a function from request to answer, over a home and models of its own. */
import { join } from "node:path";
import { Builder } from "fresh/dev";
import { refuseMalformedAddress } from "../../lib/http/guards.ts";
import { closeServices, openServices, type Services } from "../../lib/http/state.ts";
import { configureLog } from "../../lib/log.ts";
import { app } from "../../main.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

/** What a test holds of the app; `await using` closes it. */
export interface TestApp extends AsyncDisposable {
  /** Answers a request as the server would, with no port. */
  readonly handler: (request: Request) => Promise<Response>;
  readonly services: Services;
  readonly home: string;
  readonly models: string;
  /** GET of a path. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** A request with a JSON body; POST where no method is given. */
  send(path: string, body: unknown, options?: { method?: string; headers?: Record<string, string> }): Promise<Response>;
}

const ORIGIN = "http://127.0.0.1:8000";

/** Bundled once for a test file: it is the same for all its tests. */
let building: Promise<ReturnType<typeof app.handler>> | undefined;

async function build(): Promise<ReturnType<typeof app.handler>> {
  const apply = await new Builder({ target: "es2022" }).build({ snapshot: "memory" });
  apply(app);
  return app.handler();
}

/**
 * Opens the app.
 *
 * @param options `models` false: without the models `tiny` (2 latents, 28×28, grey) and `tiny-colour` (3 latents,
 * 16×16, colour)
 */
export async function openApp(
  options: {
    models?: boolean;
    allowedHosts?: readonly string[];
    dataRoots?: readonly string[];
    uploadLimit?: number;
    home?: string;
    tokens?: { owner: string; guest: string };
  } = {},
): Promise<TestApp> {
  configureLog({ level: "silent" });
  const folder = await Deno.makeTempDir({ prefix: "latentboard-http-" });
  const home = options.home ?? join(folder, "home");
  const models = join(folder, "models");
  await Deno.mkdir(home, { recursive: true });
  await Deno.mkdir(models);
  if (options.models !== false) {
    await writeTinyModel(models, { name: "tiny", latentDim: 2 });
    await writeTinyModel(models, { name: "tiny-colour", latentDim: 3, channels: 3, size: 16 });
  }
  const services = await openServices({
    home,
    models,
    data: join(Deno.cwd(), "data"),
    dataRoots: options.dataRoots ?? [],
    uploadLimit: options.uploadLimit ?? 1e9,
    token: options.tokens?.owner,
    guestToken: options.tokens?.guest,
    insecure: false,
    host: "127.0.0.1",
    defaultModel: "fashion-mnist",
    port: 8000,
    allowedHosts: options.allowedHosts ?? [],
    tensorflow: undefined,
    providers: ["cpu"],
    logLevel: "silent",
    logJson: false,
  });
  const fresh = await (building ??= build());
  const handler = async (request: Request) => refuseMalformedAddress(request) ?? await fresh(request);
  return {
    handler,
    services,
    home,
    models,
    get: (path, headers = {}) => handler(new Request(ORIGIN + path, { headers })),
    send: (path, body, { method = "POST", headers = {} } = {}) =>
      handler(
        new Request(ORIGIN + path, {
          method,
          headers: { "content-type": "application/json", ...headers },
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
      ),
    async [Symbol.asyncDispose]() {
      await closeServices();
      configureLog({ level: "info" });
      await Deno.remove(folder, { recursive: true });
    },
  };
}
