import { readJson } from "../../../lib/http/body.ts";
import { define } from "../../../lib/http/define.ts";
import { galleryBulkChange } from "../../../lib/http/requests.ts";
import type { GalleryBulkChanged } from "../../../lib/protocol.ts";

export const handler = define.handlers({
  /** Changes many saved pictures, all or none of them. */
  async POST({ req, state }) {
    const change = await readJson(req, galleryBulkChange);
    state.services.gallery.changeAll(change);
    return Response.json({ changed: new Set(change.ids).size } satisfies GalleryBulkChanged);
  },
});
