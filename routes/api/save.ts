import { readJson } from "../../lib/http/body.ts";
import { define } from "../../lib/http/define.ts";
import { decodeLatents } from "../../lib/http/pictures.ts";
import { saveRequest } from "../../lib/http/requests.ts";

/** Decodes a latent and keeps the picture in the gallery. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const { tags, ...request } = await readJson(req, saveRequest);
    const { models, gallery } = state.services;
    const picture = await decodeLatents(models, request.model, [request.z]);
    const { decoderSha256 } = picture;
    const saved = await gallery.save(picture, { ...request, decoderSha256 }, tags);
    return Response.json(saved, { status: 201, headers: { location: `/api/gallery/${saved.id}` } });
  },
});
