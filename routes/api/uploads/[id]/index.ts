import { uploadQuery } from "../../../../lib/http/dataset_requests.ts";
import { define } from "../../../../lib/http/define.ts";
import { readQuery } from "../../../../lib/http/requests.ts";

/** An upload under way. */
export const handler = define.handlers({
  async GET({ url, state, params }) {
    const { files } = readQuery(url, uploadQuery);
    return Response.json(await state.services.datasets.state(params.id!, files));
  },

  async DELETE({ state, params }) {
    await state.services.datasets.cancel(params.id!);
    return new Response(null, { status: 204 });
  },
});
