import { readJson } from "../../lib/http/body.ts";
import { define } from "../../lib/http/define.ts";
import { flatten } from "../../lib/http/pictures.ts";
import { manifoldRequest } from "../../lib/http/requests.ts";
import type { ManifoldResponse } from "../../lib/protocol.ts";

/** How far decode → encode lands from where it began. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const { model, z } = await readJson(req, manifoldRequest);
    const { distance, mu } = await state.services.models.use(
      model,
      (runtime) => runtime.offManifold(flatten([z], runtime.latentDim, "z")),
    );
    const answer: ManifoldResponse = { model, distance, mu: Array.from(mu) };
    return Response.json(answer);
  },
});
