import { readJson } from "../../lib/http/body.ts";
import { define } from "../../lib/http/define.ts";
import { chooseType, decodeLatents, decodeResponse, sheetResponse, toRows } from "../../lib/http/pictures.ts";
import { sampleRequest } from "../../lib/http/requests.ts";
import { latentDimOf } from "../../lib/inference/mod.ts";
import type { SampleResponse } from "../../lib/protocol.ts";

/** Seeded samples and their pictures. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const type = chooseType(req, ["application/json", "image/png"]);
    const { model, seed, count = 1, first = 0, temperature = 1, sampler = "prior", columns } = await readJson(
      req,
      sampleRequest,
    );
    const { models, samplers } = state.services;
    const document = await models.document(model);
    const latentDim = latentDimOf(document);
    const latents = await samplers.fit(sampler, document);
    const z = toRows(await latents.sample(seed, count, { first, temperature }), latentDim);
    const batch = await decodeLatents(models, model, z);
    if (type === "image/png") return await sheetResponse(batch, columns, req.signal);
    const response: SampleResponse = { ...decodeResponse(model, batch), seed, z };
    return Response.json(response);
  },
});
