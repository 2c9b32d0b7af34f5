import { define } from "../../../../lib/http/define.ts";

/** What a board needs to know of a run's newest snapshot. */
export const handler = define.handlers({
  async GET({ state, params }) {
    const { runs, decoders } = state.services;
    const { id, title } = await runs.get(params.id!);
    return Response.json(await decoders.detail(id, title));
  },
});
