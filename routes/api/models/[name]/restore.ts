import { define } from "../../../../lib/http/define.ts";
import { summarize } from "../../../../lib/inference/mod.ts";
import { readModelDocument, restoreModel } from "../../../../lib/model/mod.ts";

export const handler = define.handlers({
  /** Undoes the latest deletion of a model. */
  async POST({ state, params }) {
    const { models } = state.services.settings;
    await restoreModel(models, params.name!);
    return Response.json(summarize(await readModelDocument(models, params.name!)));
  },
});
