import { define } from "../../../../lib/http/define.ts";
import { loadGraph } from "../../../../lib/http/inference_protocol.ts";

/** Loads the model, so that the first inference does not wait for it. */
export const handler = define.handlers({
  async GET({ state, params }) {
    await loadGraph(state.services.models, params.name!);
    return Response.json({ name: params.name!, ready: true });
  },
});
