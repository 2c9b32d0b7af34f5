import { define } from "../../lib/http/define.ts";

/** Whether the server answers; nothing is loaded for it. */
export const handler = define.handlers({
  GET: () => Response.json({ ok: true }),
});
