import { readJson } from "../../../lib/http/body.ts";
import { define } from "../../../lib/http/define.ts";
import { zipRequest } from "../../../lib/http/requests.ts";
import { zipPictures } from "../../../lib/http/zip.ts";

/** The PNG files of saved pictures in one archive. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const { gallery } = state.services;
    const { ids } = await readJson(req, zipRequest);
    const pictures = [...new Set(ids)].map((id) => gallery.get(id)); // a missing one is refused before the first byte
    return new Response(zipPictures(pictures, (id) => gallery.png(id)), {
      headers: { "content-type": "application/zip", "content-disposition": 'attachment; filename="latentboard.zip"' },
    });
  },
});
