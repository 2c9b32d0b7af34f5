import { writeRecipe } from "../../lib/gallery/mod.ts";
import { readJson } from "../../lib/http/body.ts";
import { define } from "../../lib/http/define.ts";
import {
  bytesResponse,
  chooseType,
  decodeByName,
  decodeResponse,
  isBatch,
  sheetResponse,
} from "../../lib/http/pictures.ts";
import { decodeRequest } from "../../lib/http/requests.ts";
import { encodePictures, sheetWebp, splitBitmaps } from "../../lib/imaging/mod.ts";

/**
 * Latents to pictures: as JSON, as one PNG, or as one lossy WebP for thumbnails. The PNG of a single latent carries its
 * recipe, as a saved picture's.
 */
export const handler = define.handlers({
  async POST({ req, state }) {
    const type = chooseType(req, ["application/json", "image/png", "image/webp"]);
    const { model, z, columns } = await readJson(req, decodeRequest);
    const latents = isBatch(z) ? z : [z];
    const batch = await decodeByName(state.services, model, latents);
    if (type === "application/json") return Response.json(decodeResponse(model, batch));
    if (type === "image/webp") {
      return bytesResponse(await sheetWebp(splitBitmaps(batch.pixels, batch), columns), type);
    }
    if (latents.length > 1) return await sheetResponse(batch, columns, req.signal);
    const { decoderSha256 } = batch;
    const text = writeRecipe({ model, decoderSha256, z: Float32Array.from(latents[0]!) });
    return bytesResponse(await encodePictures(batch, { format: "png", text }, () => batch, req.signal), type);
  },
});
