import { readPicture } from "../../lib/http/body.ts";
import { define } from "../../lib/http/define.ts";
import { encodePicture } from "../../lib/http/encoding.ts";
import { encodeQuery, readQuery } from "../../lib/http/requests.ts";

/** A picture to its place in latent space. */
export const handler = define.handlers({
  async POST({ req, url, state }) {
    const { model, fit } = readQuery(url, encodeQuery);
    const { models } = state.services;
    await models.document(model); // an unknown model is refused before the picture is read
    return Response.json(await encodePicture(models, model, await readPicture(req), fit));
  },
});
