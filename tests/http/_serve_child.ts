/** Serves a gallery in the home that is named until SIGTERM or the end of its input, as lib/cli/serve.ts serves the app; writes its port. */
import { serveUntilSignalled } from "../../lib/cli/support/serving.ts";
import { readBytes } from "../../lib/http/body.ts";
import { problemResponse, toProblem } from "../../lib/http/problem.ts";
import { openServices } from "../../lib/http/state.ts";
import { PipedLauncher } from "../../lib/runs/launch.ts";
import { readSettings } from "../../lib/settings.ts";

const home = Deno.args[0]!;
const { gallery } = await openServices(readSettings({ home, models: `${home}/models` }));

/** Saves a picture of the body's length. */
async function save(request: Request): Promise<Response> {
  try {
    const pixels = await readBytes(request, { limit: 1000 });
    const picture = { width: pixels.length, height: 1, channels: 1 as const, pixels };
    return Response.json(await gallery.save(picture, { model: "tiny", decoderSha256: "0".repeat(64), z: [0] }));
  } catch (error) {
    return problemResponse(toProblem(error));
  }
}

await serveUntilSignalled({
  hostname: "127.0.0.1",
  port: 0,
  handler: (request) => request.method === "POST" ? save(request) : new Response("here"),
  onListen: ({ port }) => Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`)),
}, new PipedLauncher().ended);
Deno.exit(0);
