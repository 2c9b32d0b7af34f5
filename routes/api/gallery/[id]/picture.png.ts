import { define } from "../../../../lib/http/define.ts";
import { bytesResponse } from "../../../../lib/http/pictures.ts";

/** A saved picture's PNG. A picture never changes, so a browser asks only whether it is still there. */
export const handler = define.handlers({
  async GET({ req, state, params }) {
    const { gallery } = state.services;
    const { id } = gallery.get(params.id!);
    const headers = { "etag": `"${id}"`, "cache-control": "private, no-cache" };
    if (req.headers.get("if-none-match") === headers.etag) return new Response(null, { status: 304, headers });
    return bytesResponse(await gallery.png(id), "image/png", headers);
  },
});
