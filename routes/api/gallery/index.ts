import { define } from "../../../lib/http/define.ts";
import { galleryListQuery, readQuery } from "../../../lib/http/requests.ts";
import type { GalleryPage } from "../../../lib/protocol.ts";

/** Saved pictures, a page at a time. */
export const handler = define.handlers({
  GET({ url, state }) {
    const page: GalleryPage = state.services.gallery.list(readQuery(url, galleryListQuery));
    return Response.json(page);
  },
});
