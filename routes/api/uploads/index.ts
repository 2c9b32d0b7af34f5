import { readJson } from "../../../lib/http/body.ts";
import { uploadRequest } from "../../../lib/http/dataset_requests.ts";
import { define } from "../../../lib/http/define.ts";

/** Begins an upload. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const { name } = await readJson(req, uploadRequest);
    const upload = await state.services.datasets.begin(name);
    return Response.json(upload, { status: 201, headers: { location: `/api/uploads/${upload.id}` } });
  },
});
