import { define } from "../../../../lib/http/define.ts";

export const handler = define.handlers({
  POST: async ({ state, params }) => Response.json(await state.services.runs.pause(params.id!), { status: 202 }),
});
