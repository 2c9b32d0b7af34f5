import { readModelArchive } from "../../../lib/http/body.ts";
import { define } from "../../../lib/http/define.ts";
import { importModel } from "../../../lib/http/model_import.ts";
import { summarize } from "../../../lib/inference/mod.ts";

export const handler = define.handlers({
  GET: async ({ state }) => Response.json(await state.services.models.list()),
  /** Imports a model from a zip archive. */
  async POST({ req, state }) {
    const document = await importModel(state.services.settings.models, await readModelArchive(req));
    return Response.json(summarize(document), { status: 201, headers: { location: `/api/models/${document.name}` } });
  },
});
