import { readJson } from "../../lib/http/body.ts";
import { define } from "../../lib/http/define.ts";
import { chooseType, decodeLatents, pixelImages, sheetResponse } from "../../lib/http/pictures.ts";
import { traverseRequest } from "../../lib/http/requests.ts";
import { planTraversal } from "../../lib/http/traversal.ts";
import type { TraverseResponse } from "../../lib/protocol.ts";

/** What chosen latent dimensions do to a picture. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const type = chooseType(req, ["application/json", "image/png"]);
    const request = await readJson(req, traverseRequest);
    const { models } = state.services;
    const { z, lines } = planTraversal(request, await models.document(request.model));
    const batch = await decodeLatents(models, request.model, z);
    const steps = z.length / lines.length;
    if (type === "image/png") return await sheetResponse(batch, steps, req.signal);
    const images = pixelImages(batch);
    const response: TraverseResponse = {
      model: request.model,
      provider: batch.provider,
      rows: lines.map((line, i) => ({ ...line, images: images.slice(i * steps, (i + 1) * steps) })),
    };
    return Response.json(response);
  },
});
