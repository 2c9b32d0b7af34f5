import { readJson } from "../../../../lib/http/body.ts";
import { define } from "../../../../lib/http/define.ts";
import { stopRunRequest } from "../../../../lib/http/training_requests.ts";

/** Ends a run's process. */
export const handler = define.handlers({
  async POST({ req, state, params }) {
    const request = await readJson(req, stopRunRequest);
    return Response.json(await state.services.runs.stop(params.id!, request), { status: 202 });
  },
});
