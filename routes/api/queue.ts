import { readJson } from "../../lib/http/body.ts";
import { define } from "../../lib/http/define.ts";
import { queueRequest } from "../../lib/http/training_requests.ts";

/** The runs that wait. */
export const handler = define.handlers({
  GET: async ({ state }) => Response.json({ order: await state.services.runs.order() }),

  async PUT({ req, state }) {
    const { order } = await readJson(req, queueRequest);
    return Response.json({ order: await state.services.runs.reorder(order) });
  },
});
