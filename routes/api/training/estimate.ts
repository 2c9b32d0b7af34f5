import { readJson } from "../../../lib/http/body.ts";
import { define } from "../../../lib/http/define.ts";
import { configRequest } from "../../../lib/http/training_requests.ts";
import { readConfig } from "../../../lib/runs/mod.ts";

/** What a run would cost on this machine, measured by some of its steps. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const config = readConfig(await readJson(req, configRequest));
    const { estimates, runs, sources } = state.services;
    await sources.check(config.data.source);
    return Response.json(await estimates.estimate(config, await runs.busy()));
  },
});
