import { define } from "../../lib/http/define.ts";

/** For whoever restarts this server: whether it answers at all. */
export const handler = define.handlers({
  GET: () => Response.json({ live: true }),
});
