import { readJson } from "../../lib/http/body.ts";
import { define } from "../../lib/http/define.ts";
import { flattenLatents } from "../../lib/http/pictures.ts";
import { manifoldRequest } from "../../lib/http/requests.ts";
import { rankDistance } from "../../lib/latent/mod.ts";
import type { ManifoldResponse } from "../../lib/protocol.ts";

/** How far decode → encode lands from where it began. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const { model, z } = await readJson(req, manifoldRequest);
    const { models, manifolds } = state.services;
    const document = await models.document(model);
    const response = await models.use(model, async (runtime): Promise<ManifoldResponse> => {
      const { distance, mu } = await runtime.offManifold(flattenLatents([z], runtime.latentDim, "z"));
      const distances = await manifolds.testDistances(document, runtime);
      return { model, distance, ...(distances && rankDistance(distance, distances)), mu: Array.from(mu) };
    });
    return Response.json(response);
  },
});
