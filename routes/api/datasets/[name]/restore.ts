import { define } from "../../../../lib/http/define.ts";

/** Takes back a deletion. */
export const handler = define.handlers({
  POST: async ({ state, params }) => Response.json(await state.services.datasets.restore(params.name!)),
});
