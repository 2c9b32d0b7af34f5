import { readJson } from "../../../../../lib/http/body.ts";
import { uploadFilesRequest } from "../../../../../lib/http/dataset_requests.ts";
import { define } from "../../../../../lib/http/define.ts";

/** Names files that will be sent. */
export const handler = define.handlers({
  async POST({ req, state, params }) {
    const { files } = await readJson(req, uploadFilesRequest);
    return Response.json({ files: await state.services.datasets.addFiles(params.id!, files) });
  },
});
