import { readJson } from "../../../../lib/http/body.ts";
import { define } from "../../../../lib/http/define.ts";
import { galleryChange } from "../../../../lib/http/requests.ts";

/** One saved picture. */
export const handler = define.handlers({
  GET: ({ state, params }) => Response.json(state.services.gallery.get(params.id!)),

  async PATCH({ req, state, params }) {
    const { starred, tags } = await readJson(req, galleryChange);
    const { gallery } = state.services;
    const id = params.id!;
    if (starred !== undefined) gallery.star(id, starred);
    if (tags !== undefined) gallery.tag(id, tags);
    return Response.json(gallery.get(id));
  },

  DELETE({ state, params }) {
    state.services.gallery.remove(params.id!);
    return new Response(null, { status: 204 });
  },
});
