import { define } from "../../../lib/http/define.ts";
import { readyResponse } from "../../../lib/http/readiness.ts";

export const handler = define.handlers({
  GET: ({ state }) => readyResponse(state.services.models),
});
