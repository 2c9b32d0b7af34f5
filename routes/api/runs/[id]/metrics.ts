import { define } from "../../../../lib/http/define.ts";
import { readQuery } from "../../../../lib/http/requests.ts";
import { metricsQuery } from "../../../../lib/http/training_requests.ts";
import { readMetrics } from "../../../../lib/runs/mod.ts";

/** A run's curves. */
export const handler = define.handlers({
  async GET({ url, state, params }) {
    const { points } = readQuery(url, metricsQuery);
    return Response.json(await readMetrics(await state.services.runs.folder(params.id!), points));
  },
});
