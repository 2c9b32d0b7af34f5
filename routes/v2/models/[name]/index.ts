import { define } from "../../../../lib/http/define.ts";
import { graphMetadata } from "../../../../lib/http/inference_protocol.ts";

/** The tensors that a graph takes and gives. */
export const handler = define.handlers({
  GET: async ({ state, params }) => Response.json(await graphMetadata(state.services.models, params.name!)),
});
