import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Icon } from "../components/Icon.tsx";
import { ShareButton } from "../components/ShareButton.tsx";
import { errorText, send, sendJson } from "../lib/browser/requests.ts";
import { MAX_TITLE_LENGTH, type ModelChange, type ModelSummary } from "../lib/protocol.ts";

/** What one does with a model: open, share, download, rename, delete. */
export default function ModelTools({ name, title }: { readonly name: string; readonly title: string }) {
  const deleted = useSignal(false);
  const problem = useSignal("");
  const dialog = useRef<HTMLDialogElement>(null);

  const attempt = async (work: () => Promise<void>) => {
    problem.value = "";
    try {
      await work();
    } catch (error) {
      problem.value = errorText(error);
    }
  };
  const rename = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const change: ModelChange = { title: String(form.get("title")), name: String(form.get("name")).trim() };
    void attempt(async () => {
      const renamed = await sendJson<ModelSummary>(`/api/models/${name}`, change, { method: "PATCH" });
      location.href = `/models/${renamed.name}`;
    });
  };
  const remove = () =>
    attempt(async () => {
      await send(`/api/models/${name}`, { method: "DELETE" });
      deleted.value = true;
    });
  const restore = () =>
    attempt(async () => {
      await send(`/api/models/${name}/restore`, { method: "POST" });
      deleted.value = false;
    });

  const fault = problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>;
  if (deleted.value) {
    return (
      <div class="row middle model-tools">
        <p role="status">Deleted. It can be restored for a day.</p>
        <button type="button" onClick={() => void restore()}>Undo</button>
        <a class="button" href="/models">All models</a>
        {fault}
      </div>
    );
  }
  return (
    <div class="row middle model-tools">
      <a class="button primary" href={`/?model=${name}`}>Open on the board</a>
      <ShareButton model={name} />
      <a class="button" href={`/api/models/${name}/model.zip`} download={`${name}.zip`}>
        <Icon name="save" />Download
      </a>
      <button type="button" onClick={() => dialog.current!.showModal()}>Rename</button>
      <button type="button" onClick={() => void remove()}>
        <Icon name="trash" />Delete
      </button>
      {!dialog.current?.open && fault}
      <dialog ref={dialog} aria-labelledby="rename-heading">
        <form class="stack" onSubmit={rename}>
          <h2 id="rename-heading">Rename the model</h2>
          <div class="field">
            <label for="rename-title">Title, for people</label>
            <input
              id="rename-title"
              name="title"
              type="text"
              required
              maxLength={MAX_TITLE_LENGTH}
              defaultValue={title}
            />
          </div>
          <div class="field">
            <label for="rename-name">Name, for links, commands and the API</label>
            <input
              id="rename-name"
              name="name"
              type="text"
              required
              pattern="[a-z0-9][a-z0-9._\-]{0,63}"
              title="Lower-case letters, digits, dots, dashes and underscores"
              defaultValue={name}
            />
          </div>
          <p class="hint">Saved pictures follow the new name; links that were given away don't.</p>
          {fault}
          <div class="row">
            <button type="submit" class="primary">Rename</button>
            <button type="button" onClick={() => dialog.current!.close()}>Cancel</button>
          </div>
        </form>
      </dialog>
    </div>
  );
}
