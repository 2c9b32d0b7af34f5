import { foldersQuery } from "../../lib/http/dataset_requests.ts";
import { define } from "../../lib/http/define.ts";
import { readQuery } from "../../lib/http/requests.ts";
import { listFolders, listRoots } from "../../lib/uploads/mod.ts";

/** Folders that `--data-root` names, or those within one. */
export const handler = define.handlers({
  async GET({ url, state }) {
    const { path } = readQuery(url, foldersQuery);
    const { settings, sources } = state.services;
    if (path === undefined) return Response.json(listRoots(settings.dataRoots));
    return Response.json(await listFolders(await sources.resolve(path)));
  },
});
