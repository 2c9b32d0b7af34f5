import { define } from "../../../../lib/http/define.ts";
import { zipFiles } from "../../../../lib/http/zip.ts";
import { sharedBoardFiles } from "../../../../lib/share/mod.ts";

/** A board to send away: static files that decode in the visitor's browser. */
export const handler = define.handlers({
  async GET({ state, params }) {
    const { models, settings } = state.services;
    const name = params.name!;
    const files = await models.use(name, (runtime) => sharedBoardFiles(runtime, settings));
    const folder = `${name}-board`;
    const modified = new Date();
    return new Response(zipFiles(files.map(({ path, read }) => ({ path: `${folder}/${path}`, modified, read }))), {
      headers: { "content-type": "application/zip", "content-disposition": `attachment; filename="${folder}.zip"` },
    });
  },
});
