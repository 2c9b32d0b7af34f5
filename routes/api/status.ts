import deno from "../../deno.json" with { type: "json" };
import { define } from "../../lib/http/define.ts";
import type { ServerStatus } from "../../lib/protocol.ts";

export const handler = define.handlers({
  async GET({ state }) {
    const { models, streams } = state.services;
    const { provider, milliseconds, rejected, loaded } = await models.status();
    const { faulty } = await models.survey();
    const status: ServerStatus = {
      version: deno.version,
      ...(provider === undefined ? {} : { provider }),
      ...(milliseconds === undefined ? {} : { decodeMs: milliseconds }),
      rejected,
      loaded,
      faulty,
      streams: streams.size,
    };
    return Response.json(status);
  },
});
