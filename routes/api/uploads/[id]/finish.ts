import { define } from "../../../../lib/http/define.ts";

/** Makes a dataset of an upload. */
export const handler = define.handlers({
  async POST({ state, params }) {
    const dataset = await state.services.datasets.finish(params.id!);
    return Response.json(dataset, { status: 201, headers: { location: `/api/datasets/${dataset.name}` } });
  },
});
