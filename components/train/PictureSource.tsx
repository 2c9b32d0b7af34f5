import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { filesOfDrop, filesOfList } from "../../lib/browser/train/dropped_files.ts";
import type { TrainSession } from "../../lib/browser/train/train_session.ts";
import type { DatasetSummary } from "../../lib/protocol_runs.ts";
import { IconButton } from "../Icon.tsx";
import { fileSize } from "../models/figures.ts";
import { ServerFolders } from "./ServerFolders.tsx";

/** Where the pictures come from: a person's own, or what is on the server. */
export function PictureSource({ session }: { session: TrainSession }) {
  const list = session.list.value;
  const own = list?.datasets.filter(({ kind }) => kind === "own") ?? [];
  const known = list?.datasets.filter(({ kind, available }) => kind !== "own" && available) ?? [];
  return (
    <div class="stack">
      <DropZone session={session} />
      {own.length > 0 && <Choices session={session} title="Your pictures" datasets={own} />}
      {known.length > 0 && <Choices session={session} title="Pictures that come along" datasets={known} />}
      {list !== undefined && list.roots.length > 0 && <ServerFolders session={session} />}
      {list !== undefined && (
        <p class="hint">
          Your pictures stay on this machine: they take {fileSize(list.space.used)} of {fileSize(list.space.cap)},{" "}
          {fileSize(list.space.free)} are free on the disk.
        </p>
      )}
    </div>
  );
}

function DropZone({ session }: { session: TrainSession }) {
  const dropping = useSignal(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  useEffect(() => {
    folder.current!.webkitdirectory = true;
    const listeners = new AbortController();
    const { signal } = listeners;
    const isFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    addEventListener("dragover", (event: DragEvent) => {
      if (!isFiles(event)) return;
      event.preventDefault(); // else the browser opens the dropped file
      dropping.value = true;
    }, { signal });
    addEventListener("dragleave", (event: DragEvent) => event.relatedTarget === null && (dropping.value = false), {
      signal,
    });
    addEventListener("drop", (event: DragEvent) => {
      if (!isFiles(event)) return;
      event.preventDefault();
      dropping.value = false;
      void filesOfDrop(event.dataTransfer!).then((chosen) => session.send(chosen));
    }, { signal });
    return () => listeners.abort();
  }, []);
  const take = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    const chosen = filesOfList(currentTarget.files ?? []);
    currentTarget.value = "";
    void session.send(chosen);
  };
  return (
    <div class={dropping.value ? "dropzone dropping" : "dropzone"}>
      <p>
        <strong>Drop your pictures here</strong>
        <br />
        <span class="quiet">photos, folders or zips; a folder's name becomes its pictures' label</span>
      </p>
      <div class="row middle">
        <button type="button" class="primary" onClick={() => files.current!.click()}>Choose pictures</button>
        <button type="button" onClick={() => folder.current!.click()}>Choose a folder</button>
      </div>
      <input
        ref={files}
        class="hidden-visually"
        type="file"
        multiple
        accept="image/*,.zip,.tar,.tgz,.gz"
        tabIndex={-1}
        aria-label="Pictures or archives"
        onChange={take}
      />
      <input
        ref={folder}
        class="hidden-visually"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="A folder of pictures"
        onChange={take}
      />
    </div>
  );
}

function Choices({ session, title, datasets }: {
  readonly session: TrainSession;
  readonly title: string;
  readonly datasets: readonly DatasetSummary[];
}) {
  return (
    <fieldset class="sources">
      <legend>{title}</legend>
      {datasets.map((dataset) => (
        <div key={dataset.source} class="source">
          <label>
            <input
              type="radio"
              name="source"
              checked={session.source === dataset.source}
              onChange={() => void session.choose(dataset.source, dataset.kind)}
            />
            <span>
              <strong>{dataset.name}</strong>
              <span class="quiet">
                {dataset.count === undefined ? dataset.about : `${dataset.count.toLocaleString("en")} pictures`}
                {dataset.bytes !== undefined && `, ${fileSize(dataset.bytes)}`}
              </span>
            </span>
          </label>
          {dataset.kind === "own" && (
            <IconButton
              icon="trash"
              label={`Delete ${dataset.name}`}
              title="Delete"
              onClick={() => void session.removeDataset(dataset)}
            />
          )}
        </div>
      ))}
    </fieldset>
  );
}
