import { define } from "../../../lib/http/define.ts";
import { trainingForm } from "../../../lib/runs/mod.ts";

/** What a form for the settings of a run is made of. */
export const handler = define.handlers({
  GET: () => Response.json(trainingForm()),
});
