import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { DatasetSession } from "../../lib/browser/train/dataset_session.ts";
import { type DatasetDetail, type DatasetPicture, MAX_LABEL_LENGTH } from "../../lib/protocol_runs.ts";
import { BadFiles } from "./BadFiles.tsx";

/** The type of what is dragged from picture to label. */
const DRAGGED = "application/x-latentboard-pictures";

/** An uploaded dataset: what is in it, its labels, its pictures. */
export function DatasetView({ session }: { session: DatasetSession }) {
  const detail = session.detail.value;
  const extra = detail.duplicates.reduce((sum, group) => sum + group.length - 1, 0);
  useEffect(() => void session.show(undefined), []);
  return (
    <div class="stack">
      <p>{summaryOf(detail)}</p>
      {extra > 0 && (
        <div class="row middle">
          <span>{extra === 1 ? "One picture is" : `${extra} pictures are`} there twice or more.</span>
          <button type="button" onClick={() => void session.removeDuplicates()}>Keep one of each</button>
        </div>
      )}
      <BadFiles bad={detail.bad} />
      {session.problem.value !== "" && <p class="fault" role="alert">{session.problem.value}</p>}
      <details>
        <summary>Labels and pictures</summary>
        <div class="stack">
          <Labels session={session} />
          <Picked session={session} />
          <Thumbnails session={session} />
        </div>
      </details>
    </div>
  );
}

function summaryOf({ pictures, labelCounts, sizes, shapes, colours }: DatasetDetail): string {
  const count = (value: number) => value.toLocaleString("en");
  const labels = labelCounts.filter(({ name }) => name !== "").length;
  const size = sizes.smallest === sizes.largest
    ? `${sizes.largest} pixels`
    : `${sizes.smallest} to ${sizes.largest} pixels, most near ${sizes.median}`;
  const parts = [
    [colours.colour, "in colour"],
    [colours.grey, "grey"],
    [colours.transparent, "partly transparent"],
    [shapes.landscape, "wide"],
    [shapes.portrait, "tall"],
    [shapes.square, "square"],
  ] as const;
  const kinds = parts.filter(([number]) => number > 0).map(([number, name]) => `${count(number)} ${name}`);
  return `${count(pictures)} pictures${labels > 0 ? ` under ${count(labels)} labels` : ""}, ${size}: ${
    kinds.join(", ")
  }.`;
}

function Labels({ session }: { session: DatasetSession }) {
  const { labelCounts, pictures } = session.detail.value;
  const shown = session.label.value;
  const over = useSignal<string | undefined>(undefined);
  return (
    <ul class="labels">
      <li>
        <button type="button" aria-pressed={shown === undefined} onClick={() => void session.show(undefined)}>
          All <span class="number">{pictures}</span>
        </button>
      </li>
      {labelCounts.map(({ name, count }) => (
        <li
          key={name}
          class={over.value === name ? "is-over" : undefined}
          onDragOver={(event) => {
            if (!event.dataTransfer?.types.includes(DRAGGED)) return;
            event.preventDefault();
            over.value = name;
          }}
          onDragLeave={() => over.value = undefined}
          onDrop={(event) => {
            over.value = undefined;
            const ids = event.dataTransfer?.getData(DRAGGED) ?? "";
            if (ids === "") return;
            event.preventDefault();
            void session.move(ids.split(" "), name);
          }}
        >
          <button type="button" aria-pressed={shown === name} onClick={() => void session.show(name)}>
            {name === "" ? "no label" : name} <span class="number">{count}</span>
          </button>
          {shown === name && (
            <input
              type="text"
              aria-label={`Rename the label ${name}`}
              title="Another name; one that is there already joins the two"
              maxLength={MAX_LABEL_LENGTH}
              defaultValue={name}
              onChange={({ currentTarget }) => void session.rename(name, currentTarget.value.trim())}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function Picked({ session }: { session: DatasetSession }) {
  const label = useSignal("");
  const picked = [...session.picked.value];
  if (picked.length === 0) {
    return <p class="hint">Drag a picture onto a label to give it that label, or choose pictures by clicking them.</p>;
  }
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        void session.move(picked, label.value.trim());
      }}
    >
      <div class="field">
        <label for="new-label">Label of {picked.length} chosen</label>
        <input
          id="new-label"
          type="text"
          maxLength={MAX_LABEL_LENGTH}
          value={label.value}
          onInput={({ currentTarget }) => label.value = currentTarget.value}
        />
      </div>
      <button type="submit">Give this label</button>
      <button type="button" onClick={() => void session.remove(picked)}>Take out</button>
    </form>
  );
}

function Thumbnails({ session }: { session: DatasetSession }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const watcher = new IntersectionObserver(
      ([entry]) => entry!.isIntersecting && void session.showMore(),
      { rootMargin: "400px" },
    );
    watcher.observe(end.current!);
    return () => watcher.disconnect();
  }, []);
  return (
    <div class="thumbnails" tabIndex={0} role="group" aria-label="Pictures">
      {session.pictures.value.map((picture) => <Thumbnail key={picture.id} session={session} picture={picture} />)}
      <div ref={end} />
    </div>
  );
}

function Thumbnail({ session, picture }: { session: DatasetSession; picture: DatasetPicture }) {
  const { id, name, label, width, height, duplicate } = picture;
  const picked = session.picked.value.has(id);
  return (
    <button
      type="button"
      class={duplicate ? "thumbnail is-duplicate" : "thumbnail"}
      aria-pressed={picked}
      title={`${name}, ${width}×${height}${label === "" ? "" : `, ${label}`}${
        duplicate ? ", there more than once" : ""
      }`}
      draggable
      onDragStart={(event) =>
        event.dataTransfer?.setData(DRAGGED, (picked ? [...session.picked.value] : [id]).join(" "))}
      onClick={() => session.toggle(id)}
    >
      <img src={session.thumbnail(id)} alt={name} width={96} height={96} loading="lazy" draggable={false} />
    </button>
  );
}
