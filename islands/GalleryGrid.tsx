import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { Comparison } from "../components/gallery/Comparison.tsx";
import { type GalleryFilter, GalleryFilters, type Tally } from "../components/gallery/GalleryFilters.tsx";
import { PictureCard } from "../components/gallery/PictureCard.tsx";
import { SelectionBar } from "../components/gallery/SelectionBar.tsx";
import { ToastList } from "../components/ToastList.tsx";
import { saveFile } from "../lib/browser/files.ts";
import { errorText, postJson, sendJson } from "../lib/browser/requests.ts";
import { Toasts } from "../lib/browser/toasts.ts";
import type { GalleryBulkChange, GalleryChange, SavedPicture } from "../lib/protocol.ts";

interface GalleryGridProps {
  /** Those of this page. */
  readonly pictures: readonly SavedPicture[];
  /** Of all pages. */
  readonly total: number;
  readonly filter: GalleryFilter;
  /** Whether it leaves any picture out. */
  readonly filtered: boolean;
  readonly models: readonly Tally[];
  readonly tags: readonly Tally[];
}

/** The saved pictures of one page and what one does with them, one by one or many at once. */
export default function GalleryGrid({ pictures, total, filter, filtered, models, tags }: GalleryGridProps) {
  const shown = useSignal(pictures);
  const picked = useSignal<readonly string[]>([]);
  const busy = useSignal(false);
  const toasts = useMemo(() => new Toasts(), []);
  const comparison = useRef<HTMLDialogElement>(null);

  /** Does some work; shows why it failed. */
  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    busy.value = true;
    try {
      await work();
      return true;
    } catch (error) {
      toasts.show(errorText(error));
      return false;
    } finally {
      busy.value = false;
    }
  };
  const change = (picture: SavedPicture, fields: GalleryChange) =>
    attempt(async () => {
      const path = `/api/gallery/${picture.id}`;
      const changed = await sendJson<SavedPicture>(path, fields, { method: "PATCH" });
      shown.value = shown.value.map((other) => other.id === changed.id ? changed : other);
    });
  const changeAll = async (fields: GalleryBulkChange) => void await postJson("/api/gallery/change", fields);
  const remove = (ids: readonly string[]) =>
    attempt(async () => {
      await changeAll({ ids, deleted: true });
      const before = shown.value;
      shown.value = before.filter(({ id }) => !ids.includes(id));
      picked.value = picked.value.filter((id) => !ids.includes(id));
      const text = ids.length === 1 ? "Deleted" : `Deleted ${ids.length} pictures`;
      toasts.show(text, { action: { text: "Undo", run: () => void restore(ids, before) } });
    });
  const restore = (ids: readonly string[], before: readonly SavedPicture[]) =>
    attempt(async () => {
      await changeAll({ ids, deleted: false });
      const now = new Map(shown.value.map((picture) => [picture.id, picture]));
      shown.value = before.flatMap((picture) => now.get(picture.id) ?? (ids.includes(picture.id) ? picture : []));
    });
  const star = () =>
    attempt(async () => {
      const ids = picked.value;
      await changeAll({ ids, starred: true });
      shown.value = shown.value.map((picture) => ids.includes(picture.id) ? { ...picture, starred: true } : picture);
    });
  const retag = (changed: readonly string[], kind: "add" | "remove") =>
    attempt(async () => {
      const ids = picked.value;
      await changeAll({ ids, [kind === "add" ? "addTags" : "removeTags"]: changed });
      shown.value = shown.value.map((picture) => {
        if (!ids.includes(picture.id)) return picture;
        const rest = picture.tags.filter((tag) => !changed.includes(tag));
        return { ...picture, tags: kind === "remove" ? rest : [...rest, ...changed].sort() };
      });
    });
  const download = () =>
    attempt(async () => {
      saveFile(await (await postJson("/api/gallery/zip", { ids: picked.value })).blob(), "latentboard.zip");
    });

  const left = total - pictures.length + shown.value.length;
  const chosen = shown.value.filter((picture) => picked.value.includes(picture.id));
  /** Tallies of all pictures, with what was changed here since the page came. */
  const current = (tallies: readonly Tally[], names: (picture: SavedPicture) => readonly string[]) => {
    const counts = new Map(tallies);
    for (const picture of pictures) for (const name of names(picture)) counts.set(name, (counts.get(name) ?? 0) - 1);
    for (const picture of shown.value) for (const name of names(picture)) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [...counts].filter(([name, count]) => count > 0 || name === filter.model || name === filter.tag);
  };
  return (
    <>
      <div class="page-head">
        <h1>Gallery</h1>
        <p role="status">{left === 1 ? "1 picture" : `${left} pictures`}{filtered && " found"}</p>
      </div>
      {(total > 0 || filtered) && (
        <GalleryFilters
          filter={filter}
          filtered={filtered}
          models={current(models, ({ model }) => [model])}
          tags={current(tags, ({ tags }) => tags)}
        />
      )}
      <ul class="gallery-grid">
        {shown.value.map((picture) => (
          <PictureCard
            key={picture.id}
            picture={picture}
            picked={picked.value.includes(picture.id)}
            onPick={(pick) =>
              picked.value = pick ? [...picked.value, picture.id] : picked.value.filter((id) => id !== picture.id)}
            onStar={() => void change(picture, { starred: !picture.starred })}
            onTags={(tags) => change(picture, { tags })}
            onRemove={() => void remove([picture.id])}
          />
        ))}
      </ul>
      {shown.value.length === 0 && pictures.length > 0 && <p class="empty card">Nothing is left on this page.</p>}
      {chosen.length > 0 && (
        <SelectionBar
          count={chosen.length}
          busy={busy.value}
          onTags={retag}
          onStar={() => void star()}
          onRemove={() => void remove(picked.value)}
          onCompare={() => comparison.current!.showModal()}
          onDownload={() => void download()}
          onAll={() => picked.value = shown.value.map(({ id }) => id)}
          onNone={() => picked.value = []}
        />
      )}
      <dialog ref={comparison} aria-labelledby="comparison-heading">
        {chosen.length === 2 && <Comparison pictures={chosen} onClose={() => comparison.current!.close()} />}
      </dialog>
      <ToastList toasts={toasts} />
    </>
  );
}
