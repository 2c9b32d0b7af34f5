import { define } from "../../../../lib/http/define.ts";
import { zipFiles } from "../../../../lib/http/zip.ts";
import { readModelFile } from "../../../../lib/model/mod.ts";

export const handler = define.handlers({
  /** The model's folder as an archive, as `POST /api/models` takes it. */
  async GET({ state, params }) {
    const { models, settings } = state.services;
    const document = await models.document(params.name!);
    const json = new TextEncoder().encode(JSON.stringify(document, null, 2) + "\n");
    const modified = document.createdAt;
    const files = [
      { path: `${document.name}/model.json`, modified, read: () => Promise.resolve(json) },
      ...Object.keys(document.files).map((name) => ({
        path: `${document.name}/${name}`,
        modified,
        read: () => readModelFile(settings.models, document, name),
      })),
    ];
    return new Response(zipFiles(files), {
      headers: {
        "content-type": "application/zip",
        "content-disposition": `attachment; filename="${document.name}.zip"`,
      },
    });
  },
});
