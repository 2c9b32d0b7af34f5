import { readJson } from "../../../lib/http/body.ts";
import { define } from "../../../lib/http/define.ts";
import { readQuery } from "../../../lib/http/requests.ts";
import { runListQuery, startRunRequest } from "../../../lib/http/training_requests.ts";

/** The training runs, and a new one. */
export const handler = define.handlers({
  GET: async ({ url, state }) => Response.json(await state.services.runs.list(readQuery(url, runListQuery))),

  async POST({ req, state }) {
    const run = await state.services.runs.start(await readJson(req, startRunRequest));
    return Response.json(run, { status: 201, headers: { location: `/api/runs/${run.id}` } });
  },
});
