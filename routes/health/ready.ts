import { define } from "../../lib/http/define.ts";
import { readyResponse } from "../../lib/http/readiness.ts";

/** For whoever sends requests here: whether they can be answered. */
export const handler = define.handlers({
  GET: ({ state }) => readyResponse(state.services.models),
});
