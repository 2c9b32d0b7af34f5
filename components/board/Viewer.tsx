import { useCallback, useState } from "preact/hooks";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { freshSeed } from "../../lib/browser/board_state.ts";
import { errorText, send, sendJson } from "../../lib/browser/requests.ts";
import type { SavedPicture, SaveRequest } from "../../lib/protocol.ts";
import { Icon } from "../Icon.tsx";

/** The decoded picture and what one does to it. */
export function Viewer({ session, picture }: { session: BoardSession; picture: string }) {
  const { state, model } = session;
  const [saving, setSaving] = useState(false);
  const canvas = useCallback((element: HTMLCanvasElement | null) => session.paintOn(element), []);

  const save = async () => {
    setSaving(true);
    try {
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
  const unsave = async (saved: SavedPicture) => {
    try {
      await send(`/api/gallery/${saved.id}`, { method: "DELETE" });
      session.toasts.show("Taken back");
    } catch (error) {
      session.toasts.show(`Still saved: ${errorText(error)}`);
    }
  };

  return (
    <div class="viewer">
      <div class="picture" id="picture" role="img" aria-label={`Picture that ${model.title} decodes from the sliders`}>
        <img src={picture} alt="" width={model.image.width} height={model.image.height} />
        <canvas ref={canvas} width={model.image.width} height={model.image.height} />
      </div>
      <div class="actions" role="group" aria-label="Picture">
        <button type="button" class="wide" onClick={() => void session.random(freshSeed())}>
          <Icon name="random" />Random
        </button>
        <button type="button" class="wide" onClick={() => state.mutate(freshSeed())}>
          <Icon name="mutate" />Mutate
        </button>
        <button type="button" class="wide" onClick={() => state.reset()} title="Every latent to 0, the prior's mean">
          <Icon name="reset" />Reset
        </button>
        <button type="button" class="wide" disabled={!state.canUndo.value} onClick={() => state.undo()}>
          <Icon name="undo" />Undo
        </button>
        <button type="button" class="wide" disabled={!state.canRedo.value} onClick={() => state.redo()}>
          <Icon name="redo" />Redo
        </button>
        <button type="button" class="wide primary" disabled={saving} onClick={save}>
          <Icon name="save" />Save
        </button>
      </div>
    </div>
  );
}
