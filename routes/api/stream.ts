import { define } from "../../lib/http/define.ts";

/** A tab's event stream: `hello`, then the frames of the moves that are posted to it. */
export const handler = define.handlers({
  GET: ({ state }) => state.services.streams.open(),
  HEAD: () => new Response(null, { headers: { "content-type": "text/event-stream" } }), // opens nothing
});
