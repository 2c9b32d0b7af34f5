import { define } from "../../../../lib/http/define.ts";

export const handler = define.handlers({
  GET: async ({ state, params }) => Response.json(await state.services.models.detail(params.name!)),
});
