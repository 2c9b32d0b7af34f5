import { LatentboardError } from "../../../lib/errors.ts";
import { define } from "../../../lib/http/define.ts";

/** A server is ready when it has a model and a provider to run it on. */
export const handler = define.handlers({
  async GET({ state }) {
    const { models } = state.services;
    const [list, { provider }] = await Promise.all([models.list(), models.status()]);
    if (list.length > 0 && provider !== undefined) return Response.json({ ready: true });
    throw new LatentboardError(
      "unavailable",
      provider === undefined ? "No execution provider can be opened" : "There is no model yet: run deno task train",
    );
  },
});
