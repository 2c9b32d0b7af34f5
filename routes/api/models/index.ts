import { define } from "../../../lib/http/define.ts";

export const handler = define.handlers({
  GET: async ({ state }) => Response.json(await state.services.models.list()),
});
