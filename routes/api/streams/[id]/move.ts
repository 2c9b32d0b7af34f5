import { readJson } from "../../../../lib/http/body.ts";
import { define } from "../../../../lib/http/define.ts";
import { flattenLatents } from "../../../../lib/http/pictures.ts";
import { moveRequest } from "../../../../lib/http/requests.ts";
import { latentDimOf } from "../../../../lib/inference/mod.ts";
import { RUN_PREFIX } from "../../../../lib/protocol_runs.ts";

/** A slider has moved: accepted at once, its frame comes down the stream. */
export const handler = define.handlers({
  async POST({ req, state, params }) {
    const receivedAt = performance.now();
    const { models, decoders, streams } = state.services;
    streams.check(params.id!);
    const move = await readJson(req, moveRequest);
    const latentDim = move.model.startsWith(RUN_PREFIX)
      ? await decoders.latentDim(move.model.slice(RUN_PREFIX.length))
      : latentDimOf(await models.document(move.model));
    flattenLatents([move.z], latentDim, "z");
    streams.move(params.id!, move, receivedAt);
    return new Response(null, { status: 202 });
  },
});
