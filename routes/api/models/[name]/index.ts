import { readJson } from "../../../../lib/http/body.ts";
import { define } from "../../../../lib/http/define.ts";
import { modelChange } from "../../../../lib/http/requests.ts";
import { summarize } from "../../../../lib/inference/mod.ts";
import { changeModel, removeModel } from "../../../../lib/model/mod.ts";

export const handler = define.handlers({
  GET: async ({ state, params }) => Response.json(await state.services.models.detail(params.name!)),
  /** Gives a model another title or name. */
  async PATCH({ req, state, params }) {
    const { settings, models, gallery } = state.services;
    const name = params.name!;
    const document = await changeModel(settings.models, name, await readJson(req, modelChange));
    models.recheck(name);
    if (document.name !== name) gallery.renameModel(name, document.name);
    return Response.json(summarize(document));
  },
  /** Deletes a model; it can be restored. */
  async DELETE({ state, params }) {
    const { settings, models } = state.services;
    await removeModel(settings.models, params.name!);
    models.recheck(params.name!);
    return new Response(null, { status: 204 });
  },
});
