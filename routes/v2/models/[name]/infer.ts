import { readJson } from "../../../../lib/http/body.ts";
import { define } from "../../../../lib/http/define.ts";
import { infer, inferRequest } from "../../../../lib/http/inference_protocol.ts";
import { MAX_TENSOR_BYTES } from "../../../../lib/protocol.ts";

/** Runs a model's decoder or encoder on one tensor. */
export const handler = define.handlers({
  async POST({ req, state, params }) {
    const request = await readJson(req, inferRequest, MAX_TENSOR_BYTES);
    return Response.json(await infer(state.services.models, params.name!, request));
  },
});
