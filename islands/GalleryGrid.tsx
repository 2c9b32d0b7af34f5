import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { Comparison } from "../components/gallery/Comparison.tsx";
import { PictureCard } from "../components/gallery/PictureCard.tsx";
import { ToastList } from "../components/ToastList.tsx";
import { saveFile } from "../lib/browser/files.ts";
import { errorText, postJson, send, sendJson } from "../lib/browser/requests.ts";
import { Toasts } from "../lib/browser/toasts.ts";
import type { SavedPicture } from "../lib/protocol.ts";

/** The saved pictures of one page: star, tag, delete, compare two, download many. */
export default function GalleryGrid({ pictures }: { pictures: readonly SavedPicture[] }) {
  const shown = useSignal(pictures);
  const picked = useSignal<readonly string[]>([]);
  const busy = useSignal(false);
  const toasts = useMemo(() => new Toasts(), []);
  const comparison = useRef<HTMLDialogElement>(null);

  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      toasts.show(errorText(error));
    }
  };
  const change = (picture: SavedPicture, fields: { starred?: boolean; tags?: readonly string[] }) =>
    attempt(async () => {
      const path = `/api/gallery/${picture.id}`;
      const changed = await sendJson<SavedPicture>(path, fields, { method: "PATCH" });
      shown.value = shown.value.map((other) => other.id === changed.id ? changed : other);
    });
  const remove = (picture: SavedPicture) =>
    attempt(async () => {
      await send(`/api/gallery/${picture.id}`, { method: "DELETE" });
      const index = shown.value.findIndex((other) => other.id === picture.id);
      shown.value = shown.value.filter((other) => other.id !== picture.id);
      picked.value = picked.value.filter((id) => id !== picture.id);
      toasts.show("Deleted", { action: { text: "Undo", run: () => void restore(picture, index) } });
    });
  const restore = (picture: SavedPicture, index: number) =>
    attempt(async () => {
      await send(`/api/gallery/${picture.id}/restore`, { method: "POST" });
      shown.value = shown.value.toSpliced(index, 0, picture);
    });
  const download = async () => {
    busy.value = true;
    await attempt(async () => {
      saveFile(await (await postJson("/api/gallery/zip", { ids: picked.value })).blob(), "latentboard.zip");
    });
    busy.value = false;
  };

  const chosen = shown.value.filter((picture) => picked.value.includes(picture.id));
  return (
    <>
      <ul class="gallery-grid">
        {shown.value.map((picture) => (
          <PictureCard
            key={picture.id}
            picture={picture}
            picked={picked.value.includes(picture.id)}
            onPick={(pick) =>
              picked.value = pick ? [...picked.value, picture.id] : picked.value.filter((id) => id !== picture.id)}
            onStar={() => void change(picture, { starred: !picture.starred })}
            onTags={(tags) => void change(picture, { tags })}
            onRemove={() => void remove(picture)}
          />
        ))}
      </ul>
      {shown.value.length === 0 && <p class="empty card">Nothing is left on this page.</p>}
      {chosen.length > 0 && (
        <div class="card selection row middle" role="region" aria-label="Chosen pictures">
          <strong>{chosen.length} chosen</strong>
          <button type="button" disabled={chosen.length !== 2} onClick={() => comparison.current!.showModal()}>
            Compare two
          </button>
          <button type="button" disabled={busy.value} onClick={() => void download()}>
            {busy.value ? "Packing…" : "Download as zip"}
          </button>
          <button type="button" class="plain" onClick={() => picked.value = []}>Choose none</button>
        </div>
      )}
      <dialog ref={comparison} aria-labelledby="comparison-heading">
        {chosen.length === 2 && <Comparison pictures={chosen} onClose={() => comparison.current!.close()} />}
      </dialog>
      <ToastList toasts={toasts} />
    </>
  );
}
