import { writeRecipe } from "../../lib/gallery/mod.ts";
import { readJson } from "../../lib/http/body.ts";
import { define } from "../../lib/http/define.ts";
import {
  bytesResponse,
  chooseType,
  decodeLatents,
  decodeResponse,
  isBatch,
  sheetResponse,
} from "../../lib/http/pictures.ts";
import { decodeRequest } from "../../lib/http/requests.ts";
import { encodePictures } from "../../lib/imaging/mod.ts";

/** Latents to pictures: as JSON, or as one PNG. The PNG of a single latent carries its recipe, as a saved picture's. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const type = chooseType(req, ["application/json", "image/png"]);
    const { model, z, columns } = await readJson(req, decodeRequest);
    const latents = isBatch(z) ? z : [z];
    const batch = await decodeLatents(state.services.models, model, latents);
    if (type === "application/json") return Response.json(decodeResponse(model, batch));
    if (latents.length > 1) return await sheetResponse(batch, columns, req.signal);
    const { decoderSha256 } = batch;
    const text = writeRecipe({ model, decoderSha256, z: Float32Array.from(latents[0]!) });
    return bytesResponse(await encodePictures(batch, { format: "png", text }, () => batch, req.signal), type);
  },
});
