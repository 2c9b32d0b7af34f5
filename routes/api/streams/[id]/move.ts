import { readJson } from "../../../../lib/http/body.ts";
import { define } from "../../../../lib/http/define.ts";
import { flattenLatents } from "../../../../lib/http/pictures.ts";
import { moveRequest } from "../../../../lib/http/requests.ts";
import { latentDimOf } from "../../../../lib/inference/mod.ts";

/** A slider has moved: accepted at once, its frame comes down the stream. */
export const handler = define.handlers({
  async POST({ req, state, params }) {
    const receivedAt = performance.now();
    const { models, streams } = state.services;
    streams.check(params.id!);
    const move = await readJson(req, moveRequest);
    flattenLatents([move.z], latentDimOf(await models.document(move.model)), "z");
    return Response.json(streams.move(params.id!, move, receivedAt), { status: 202 });
  },
});
