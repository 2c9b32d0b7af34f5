import { define } from "../../../../lib/http/define.ts";

/** Undoes a deletion. */
export const handler = define.handlers({
  POST: ({ state, params }) => Response.json(state.services.gallery.restore(params.id!)),
});
