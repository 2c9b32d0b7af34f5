import { readJson } from "../../../../lib/http/body.ts";
import { datasetChange } from "../../../../lib/http/dataset_requests.ts";
import { define } from "../../../../lib/http/define.ts";

/** An uploaded dataset. */
export const handler = define.handlers({
  GET: async ({ state, params }) => Response.json(await state.services.datasets.detail(params.name!)),

  async PATCH({ req, state, params }) {
    const change = await readJson(req, datasetChange);
    return Response.json(await state.services.datasets.change(params.name!, change));
  },

  async DELETE({ state, params }) {
    await state.services.datasets.remove(params.name!);
    return new Response(null, { status: 204 });
  },
});
