import { readJson } from "../../lib/http/body.ts";
import { previewRequest } from "../../lib/http/dataset_requests.ts";
import { define } from "../../lib/http/define.ts";
import { pixelImage } from "../../lib/http/pictures.ts";
import type { PreviewResponse } from "../../lib/protocol_runs.ts";
import { previewSource } from "../../lib/uploads/mod.ts";

/** Some pictures of a dataset beside what training will see of them. */
export const handler = define.handlers({
  async POST({ req, state }) {
    const request = await readJson(req, previewRequest);
    const { settings, sources } = state.services;
    await sources.check(request.source);
    const { originals, fitted } = await previewSource(request, settings);
    const show = (pictures: typeof originals) =>
      pictures.map(({ width, height, channels, data }) =>
        pixelImage({ width, height, channels: channels as 1 | 3 }, data)
      );
    return Response.json({ originals: show(originals), fitted: show(fitted) } satisfies PreviewResponse);
  },
});
