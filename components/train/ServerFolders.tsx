import { useSignal } from "@preact/signals";
import { errorText, send } from "../../lib/browser/requests.ts";
import type { TrainSession } from "../../lib/browser/train/train_session.ts";
import type { FolderList } from "../../lib/protocol_runs.ts";

/** A folder on the server, under those that it was started with. */
export function ServerFolders({ session }: { session: TrainSession }) {
  const list = useSignal<FolderList | undefined>(undefined);
  const problem = useSignal("");
  const open = async (path?: string) => {
    try {
      const query = path === undefined ? "" : `?${new URLSearchParams({ path })}`;
      list.value = await (await send(`/api/folders${query}`)).json() as FolderList;
      problem.value = "";
    } catch (error) {
      problem.value = errorText(error);
    }
  };
  const { path, folders = [], pictures = 0 } = list.value ?? {};
  return (
    <details onToggle={({ currentTarget }) => currentTarget.open && list.value === undefined && void open()}>
      <summary>A folder on the server</summary>
      <div class="stack tight">
        {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
        {path !== undefined && (
          <div class="row middle">
            <code>{path}</code>
            <span class="quiet">{pictures.toLocaleString("en")} pictures directly in it</span>
            <button type="button" onClick={() => void session.choose(path, "folder")}>Learn from this folder</button>
            <button type="button" onClick={() => void open()}>Back to the top</button>
          </div>
        )}
        <ul class="row">
          {folders.map((folder) => (
            <li key={folder.path}>
              <button type="button" onClick={() => void open(folder.path)}>{folder.name}</button>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}
