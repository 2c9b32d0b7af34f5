import deno from "../../deno.json" with { type: "json" };
import { define } from "../../lib/http/define.ts";

/** The Open Inference Protocol: what the server is. */
export const handler = define.handlers({
  GET: () => Response.json({ name: "latentboard", version: deno.version, extensions: [] }),
});
