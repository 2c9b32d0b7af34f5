import { define } from "../../../../lib/http/define.ts";
import { bytesResponse } from "../../../../lib/http/pictures.ts";
import { readMapSheet } from "../../../../lib/runs/mod.ts";

/** The pictures of a run's latent maps. */
export const handler = define.handlers({
  async GET({ state, params }) {
    const sheet = await readMapSheet(await state.services.runs.folder(params.id!));
    return bytesResponse(sheet, "image/png", { "cache-control": "private, max-age=3600" });
  },
});
