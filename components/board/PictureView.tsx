import type { ReadonlySignal } from "@preact/signals";
import { useCallback, useState } from "preact/hooks";
import { getBackend } from "../../lib/browser/backend.ts";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { type BoardState, randomSeed } from "../../lib/browser/board_state.ts";
import { saveFile } from "../../lib/browser/files.ts";
import { errorText, postJson, send, sendJson } from "../../lib/browser/requests.ts";
import type { DecodeRequest, SavedPicture, SaveRequest } from "../../lib/protocol.ts";
import { Icon, type IconName } from "../Icon.tsx";

interface Action {
  readonly name: string;
  readonly icon: IconName;
  readonly title?: string;
  readonly run: (session: BoardSession) => void;
  readonly enabled?: (state: BoardState) => ReadonlySignal<boolean>;
}

const ACTIONS: readonly Action[] = [
  { name: "Random", icon: "random", run: (session) => void session.random(randomSeed()) },
  { name: "Mutate", icon: "mutate", run: ({ state }) => state.mutate(randomSeed()) },
  { name: "Reset", icon: "reset", title: "Every latent to 0, the prior's mean", run: ({ state }) => state.reset() },
  { name: "Undo", icon: "undo", run: ({ state }) => state.undo(), enabled: ({ canUndo }) => canUndo },
  { name: "Redo", icon: "redo", run: ({ state }) => state.redo(), enabled: ({ canRedo }) => canRedo },
];

/** The decoded picture and its buttons. */
export function PictureView({ session, picture }: { session: BoardSession; picture: string }) {
  const { state, model } = session;
  const [saving, setSaving] = useState(false);
  const canvas = useCallback((element: HTMLCanvasElement | null) => session.attachCanvas(element), []);

  const save = async () => {
    setSaving(true);
    try {
      if (!getBackend().hasGallery) return await download();
      const seed = state.seed.peek();
      const request: SaveRequest = { model: model.name, z: state.z(), ...(seed === undefined ? {} : { seed }) };
      const saved = await sendJson<SavedPicture>("/api/save", request);
      session.toasts.show("Saved to the gallery", {
        link: { href: "/gallery", text: "Open" },
        action: { text: "Undo", run: () => void unsave(saved) },
      });
    } catch (error) {
      session.toasts.show(`Not saved: ${errorText(error)}`);
    } finally {
      setSaving(false);
    }
  };
  /** The picture's PNG carries its recipe, so that a board that it is dropped on restores the sliders. */
  const download = async () => {
    const request: DecodeRequest = { model: model.name, z: state.z() };
    const response = await postJson("/api/decode", request, { headers: { accept: "image/png" } });
    saveFile(await response.blob(), `${model.name}.png`);
  };
  const unsave = async (saved: SavedPicture) => {
    try {
      await send(`/api/gallery/${saved.id}`, { method: "DELETE" });
      session.toasts.show("Removed from the gallery");
    } catch (error) {
      session.toasts.show(`Still saved: ${errorText(error)}`);
    }
  };

  return (
    <div class="picture-view">
      <div class="picture" id="picture" role="img" aria-label={`Picture that ${model.title} decodes from the sliders`}>
        <img src={picture} alt="" width={model.image.width} height={model.image.height} />
        <canvas ref={canvas} width={model.image.width} height={model.image.height} />
      </div>
      <div class="actions" role="group" aria-label="Picture">
        {ACTIONS.map(({ name, icon, title, run, enabled }) => (
          <button
            key={name}
            type="button"
            class="wide"
            title={title}
            disabled={enabled !== undefined && !enabled(state).value}
            onClick={() => run(session)}
          >
            <Icon name={icon} />
            {name}
          </button>
        ))}
        <button type="button" class="wide primary" disabled={saving} onClick={save}>
          <Icon name="save" />Save
        </button>
      </div>
    </div>
  );
}
