import { uploadPartQuery } from "../../../../../lib/http/dataset_requests.ts";
import { define } from "../../../../../lib/http/define.ts";
import { readQuery } from "../../../../../lib/http/requests.ts";
import { MAX_UPLOAD_PART } from "../../../../../lib/protocol_runs.ts";

/** Takes a part of a file, straight to the disk. */
export const handler = define.handlers({
  async PUT({ req, url, state, params }) {
    const { offset } = readQuery(url, uploadPartQuery);
    const { datasets } = state.services;
    return Response.json(
      await datasets.receive(params.id!, Number(params.file), offset, req.body, MAX_UPLOAD_PART),
    );
  },
});
