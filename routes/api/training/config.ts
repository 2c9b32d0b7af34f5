import { readJson } from "../../../lib/http/body.ts";
import { define } from "../../../lib/http/define.ts";
import { configRequest } from "../../../lib/http/training_requests.ts";
import { resolveConfig } from "../../../lib/runs/mod.ts";

/** A configuration or its YAML, resolved: both forms of it. */
export const handler = define.handlers({
  POST: async ({ req }) => Response.json(resolveConfig(await readJson(req, configRequest))),
});
