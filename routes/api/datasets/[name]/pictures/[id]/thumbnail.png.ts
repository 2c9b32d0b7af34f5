import { thumbnailQuery } from "../../../../../../lib/http/dataset_requests.ts";
import { define } from "../../../../../../lib/http/define.ts";
import { bytesResponse } from "../../../../../../lib/http/pictures.ts";
import { readQuery } from "../../../../../../lib/http/requests.ts";

/** A picture, fitted into a small square. */
export const handler = define.handlers({
  async GET({ url, state, params }) {
    const { size } = readQuery(url, thumbnailQuery);
    const png = await state.services.datasets.thumbnail(params.name!, params.id!, size);
    return bytesResponse(png, "image/png", { "cache-control": "private, max-age=3600" });
  },
});
