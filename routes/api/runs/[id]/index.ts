import { define } from "../../../../lib/http/define.ts";

/** One run. */
export const handler = define.handlers({
  GET: async ({ state, params }) => Response.json(await state.services.runs.detail(params.id!)),

  async DELETE({ state, params }) {
    await state.services.runs.remove(params.id!);
    return new Response(null, { status: 204 });
  },
});
