import { readJson } from "../../lib/http/body.ts";
import { define } from "../../lib/http/define.ts";
import { chooseType } from "../../lib/http/pictures.ts";
import { interpolateRequest } from "../../lib/http/requests.ts";
import { latentDimOf } from "../../lib/inference/mod.ts";
import { planStrip, stripFile, stripStream } from "../../lib/http/strip.ts";

/** Frames between key latents: as an event stream while they are decoded, or as a file. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const type = chooseType(req, ["text/event-stream", "image/gif", "image/webp", "image/png"]);
    const request = await readJson(req, interpolateRequest);
    const { models } = state.services;
    const z = planStrip(request, latentDimOf(await models.document(request.model)));
    return type === "text/event-stream"
      ? stripStream(models, request.model, z)
      : await stripFile(models, request, z, type, req.signal);
  },
});
