import { define } from "../../../lib/http/define.ts";

/** The datasets that can be trained on. */
export const handler = define.handlers({
  GET: async ({ state }) => Response.json(await state.services.datasets.list()),
});
