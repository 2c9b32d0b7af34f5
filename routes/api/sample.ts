import { readJson } from "../../lib/http/body.ts";
import { define } from "../../lib/http/define.ts";
import {
  bitmaps,
  bytesAnswer,
  chooseType,
  decodeLatents,
  decodeResponse,
  rows,
  sheetPng,
} from "../../lib/http/pictures.ts";
import { sampleRequest } from "../../lib/http/requests.ts";
import { latentDimOf } from "../../lib/inference/mod.ts";
import { samplePrior } from "../../lib/latent/mod.ts";
import type { SampleResponse } from "../../lib/protocol.ts";

/** Seeded prior samples and their pictures. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const type = chooseType(req, ["application/json", "image/png"]);
    const { model, seed, count = 1, first = 0, temperature = 1, columns } = await readJson(req, sampleRequest);
    const { models } = state.services;
    const latentDim = latentDimOf(await models.document(model));
    const z = rows(samplePrior(seed, count, latentDim, { first, temperature }), latentDim);
    const batch = await decodeLatents(models, model, z);
    if (type === "image/png") return bytesAnswer(sheetPng(bitmaps(batch), columns), type);
    const answer: SampleResponse = { ...decodeResponse(model, batch), seed, z };
    return Response.json(answer);
  },
});
