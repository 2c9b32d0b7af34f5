import { define } from "../../../../lib/http/define.ts";
import { zipFiles } from "../../../../lib/http/zip.ts";
import { SHARE_RUNTIME } from "../../../../lib/runs/mod.ts";
import { ensureRuntime, runtimeFolder, sharedBoardFiles } from "../../../../lib/share/mod.ts";

/** A board to send away: static files that decode in the visitor's browser. */
export const handler = define.handlers({
  async GET({ state, params }) {
    const { models, settings, launcher } = state.services;
    const name = params.name!;
    await models.document(name); // nothing is fetched for an unknown model
    await ensureRuntime(runtimeFolder(settings.home), () => launcher.launch({ action: "share", id: SHARE_RUNTIME }));
    const files = await models.use(name, (runtime) => sharedBoardFiles(runtime, settings));
    const folder = `${name}-board`;
    const modified = new Date();
    return new Response(zipFiles(files.map((file) => ({ ...file, path: `${folder}/${file.path}`, modified }))), {
      headers: { "content-type": "application/zip", "content-disposition": `attachment; filename="${folder}.zip"` },
    });
  },
});
