import { define } from "../../../../lib/http/define.ts";
import { readQuery } from "../../../../lib/http/requests.ts";
import { followRun, lastEventIdOf } from "../../../../lib/http/run_stream.ts";
import { runEventsQuery } from "../../../../lib/http/training_requests.ts";

/** A run's events from its beginning, or after Last-Event-ID, and on as they happen. */
export const handler = define.handlers({
  async GET({ req, url, state, params }) {
    const { runs } = state.services;
    const id = params.id!;
    const { after, types } = readQuery(url, runEventsQuery);
    const folder = await runs.folder(id);
    return followRun({ folder, after: lastEventIdOf(req, after), types, summarize: () => runs.get(id) });
  },
  HEAD: () => new Response(null, { headers: { "content-type": "text/event-stream" } }), // opens nothing
});
