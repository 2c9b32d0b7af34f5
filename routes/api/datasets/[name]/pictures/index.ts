import { datasetPageQuery } from "../../../../../lib/http/dataset_requests.ts";
import { define } from "../../../../../lib/http/define.ts";
import { readQuery } from "../../../../../lib/http/requests.ts";

/** Pictures of an uploaded dataset, a page at a time. */
export const handler = define.handlers({
  async GET({ url, state, params }) {
    return Response.json(await state.services.datasets.page(params.name!, readQuery(url, datasetPageQuery)));
  },
});
