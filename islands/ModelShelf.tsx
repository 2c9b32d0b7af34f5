import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { ModelCard, type ModelCardData } from "../components/models/ModelCard.tsx";
import { ToastList } from "../components/ToastList.tsx";
import { errorText, send } from "../lib/browser/requests.ts";
import { Toasts } from "../lib/browser/toasts.ts";
import type { ModelSummary } from "../lib/protocol.ts";

/** The models: import by dropping archives, delete with undo, two side by side. */
export default function ModelShelf({ models }: { models: readonly ModelCardData[] }) {
  const shown = useSignal(models);
  const picked = useSignal<readonly string[]>([]);
  const importing = useSignal("");
  const problem = useSignal("");
  const toasts = useMemo(() => new Toasts(), []);
  const chooser = useRef<HTMLInputElement>(null);

  const importAll = async (files: readonly File[]) => {
    if (files.length === 0 || importing.value !== "") return;
    problem.value = "";
    let last = "";
    for (const file of files) {
      importing.value = file.name;
      try {
        const headers = { "content-type": "application/zip" };
        const response = await send("/api/models", { method: "POST", headers, body: file });
        last = (await response.json() as ModelSummary).name;
      } catch (error) {
        problem.value = `${file.name}: ${errorText(error)}`;
        break;
      }
    }
    importing.value = "";
    if (problem.value === "") location.href = files.length === 1 ? `/models/${last}` : "/models";
  };
  useEffect(() => {
    const allow = (event: DragEvent) => event.preventDefault(); // else the browser opens the dropped file
    const take = (event: DragEvent) => {
      event.preventDefault();
      void importAll([...event.dataTransfer?.files ?? []]);
    };
    addEventListener("dragover", allow);
    addEventListener("drop", take);
    return () => {
      removeEventListener("dragover", allow);
      removeEventListener("drop", take);
    };
  }, []);

  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      toasts.show(errorText(error));
    }
  };
  const remove = (model: ModelCardData) =>
    attempt(async () => {
      await send(`/api/models/${model.name}`, { method: "DELETE" });
      const index = shown.value.findIndex(({ name }) => name === model.name);
      shown.value = shown.value.filter(({ name }) => name !== model.name);
      picked.value = picked.value.filter((name) => name !== model.name);
      toasts.show(`Deleted ${model.title}`, { action: { text: "Undo", run: () => void restore(model, index) } });
    });
  const restore = (model: ModelCardData, index: number) =>
    attempt(async () => {
      await send(`/api/models/${model.name}/restore`, { method: "POST" });
      shown.value = shown.value.toSpliced(index, 0, model);
    });

  return (
    <>
      <div class="row middle import">
        <button type="button" disabled={importing.value !== ""} onClick={() => chooser.current!.click()}>
          Import a model
        </button>
        <input
          ref={chooser}
          class="hidden-visually"
          type="file"
          accept=".zip,application/zip"
          multiple
          tabIndex={-1}
          aria-label="Archives of models"
          onChange={(event) => {
            const files = [...event.currentTarget.files ?? []];
            event.currentTarget.value = "";
            void importAll(files);
          }}
        />
        <p class="hint" role="status">
          {importing.value === ""
            ? "or drop its zip here: a model's download, or a shared board"
            : `Checking ${importing.value}…`}
        </p>
      </div>
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
      {shown.value.length === 0 && (
        <p class="empty card">
          None yet. <code>deno task train</code> makes one in a minute or two.
        </p>
      )}
      <ul class="model-list">
        {shown.value.map((model) => (
          <ModelCard
            key={model.name}
            model={model}
            picked={picked.value.includes(model.name)}
            onPick={(pick) =>
              picked.value = pick
                ? [...picked.value, model.name].slice(-2) // the third one replaces the first
                : picked.value.filter((name) => name !== model.name)}
            onRemove={() => void remove(model)}
          />
        ))}
      </ul>
      {picked.value.length > 0 && (
        <div class="card selection row middle" role="region" aria-label="Models to compare">
          {picked.value.length === 2
            ? (
              <a class="button primary" href={`/compare?${picked.value.map((name) => `model=${name}`).join("&")}`}>
                Compare side by side
              </a>
            )
            : <span>Choose one more to compare</span>}
          <button type="button" class="plain" onClick={() => picked.value = []}>Choose none</button>
        </div>
      )}
      <ToastList toasts={toasts} />
    </>
  );
}
