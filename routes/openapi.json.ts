import deno from "../deno.json" with { type: "json" };
import { define } from "../lib/http/define.ts";
import { openApiDocument } from "../lib/http/openapi.ts";

/** The API's description. */
export const handler = define.handlers({
  GET: () => Response.json(openApiDocument(deno.version)),
});
