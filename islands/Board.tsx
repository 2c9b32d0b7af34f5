import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { ConnectionStatus } from "../components/board/ConnectionStatus.tsx";
import { EncodePanel } from "../components/board/EncodePanel.tsx";
import { GridPanel } from "../components/board/GridPanel.tsx";
import { InterpolationPanel } from "../components/board/InterpolationPanel.tsx";
import { LatentList } from "../components/board/LatentList.tsx";
import { LatentPlane } from "../components/board/LatentPlane.tsx";
import { ManifoldMeter } from "../components/board/ManifoldMeter.tsx";
import { PictureView } from "../components/board/PictureView.tsx";
import { SamplingControls } from "../components/board/SamplingControls.tsx";
import { ShareButton } from "../components/ShareButton.tsx";
import { Tabs } from "../components/Tabs.tsx";
import { ToastList } from "../components/ToastList.tsx";
import { getBackend } from "../lib/browser/backend.ts";
import { BoardSession } from "../lib/browser/board_session.ts";
import type { BoardStart } from "../lib/browser/board_state.ts";
import { Interpolation } from "../lib/browser/interpolation.ts";
import { PictureEncoder, pictureOf } from "../lib/browser/picture_encoder.ts";
import { type MapLinks, TestPictures } from "../lib/browser/test_pictures.ts";
import type { ModelDetail, ModelSummary } from "../lib/protocol.ts";

interface BoardProps {
  readonly models: readonly Pick<ModelSummary, "name" | "title">[];
  readonly model: ModelDetail;
  readonly start: BoardStart;
  /** The decoded start as a `data:` URL. */
  readonly picture: string;
  /** Key frames of the strip, from the link. */
  readonly keys: readonly (readonly number[])[];
  /** Undefined for a model without test pictures. */
  readonly map: MapLinks | undefined;
}

const STRIP_TAB = 0;
const ENCODE_TAB = 1;

/** The board: latent sliders and the picture that they decode to. */
export default function Board({ models, model, start, picture, keys, map }: BoardProps) {
  const session = useMemo(() => new BoardSession(model, start), []);
  const { state } = session;
  const strip = useMemo(() => new Interpolation(model.name), []);
  const encoder = useMemo(() => new PictureEncoder(session, models.map(({ name }) => name)), []);
  const tests = useMemo(() => map && new TestPictures(map, model.latentDim, model.image), []);
  const tab = useSignal(STRIP_TAB);
  useEffect(() => session.run(), []);
  useEffect(() => {
    if (keys.length > 0) void strip.addKeys(keys);
  }, []);
  useEffect(() => {
    const take = (event: DragEvent | ClipboardEvent) => {
      const picture = pictureOf(event instanceof DragEvent ? event.dataTransfer : event.clipboardData);
      if (picture === undefined) return;
      event.preventDefault();
      tab.value = ENCODE_TAB;
      void encoder.encode(picture);
    };
    const allow = (event: DragEvent) => event.preventDefault(); // else the browser leaves for the dropped file
    const onKeyDown = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement && event.target.type !== "range";
      if (typing || !(event.ctrlKey || event.metaKey)) return;
      const key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) state.undo();
      else if (key === "y" || (key === "z" && event.shiftKey)) state.redo();
      else return;
      event.preventDefault();
    };
    const listeners = new AbortController();
    const { signal } = listeners;
    addEventListener("dragover", allow, { signal });
    addEventListener("drop", take, { signal });
    addEventListener("paste", take, { signal });
    addEventListener("keydown", onKeyDown, { signal });
    return () => listeners.abort();
  }, []);

  return (
    <div class="board">
      <section class="stage" aria-label="Picture">
        {models.length > 1 && <ModelSwitch models={models} model={model.name} />}
        <PictureView session={session} picture={picture} />
        <SamplingControls session={session} mixture={map !== undefined} />
        <ManifoldMeter session={session} />
        <ConnectionStatus session={session} />
        {getBackend().hasGallery && <ShareButton model={model.name} />}
      </section>
      <section aria-labelledby="latents-heading">
        <div class="row middle spread">
          <h2 id="latents-heading">Latents</h2>
          <p class="hint keyboard">
            <kbd>←</kbd> <kbd>→</kbd> move, with <kbd>Shift</kbd> finely; <kbd>0</kbd> resets one
          </p>
        </div>
        <LatentList session={session} />
        {model.latentDim === 2 && <LatentPlane session={session} />}
      </section>
      <section class="tools" aria-label="More to do">
        <Tabs
          label="More to do"
          chosen={tab}
          tabs={[
            { name: "Interpolation", panel: () => <InterpolationPanel session={session} strip={strip} /> },
            {
              name: "Encode a picture",
              panel: () => <EncodePanel session={session} encoder={encoder} tests={tests} />,
            },
            { name: "Grids", panel: () => <GridPanel session={session} tests={tests} /> },
          ]}
        />
      </section>
      <ToastList toasts={session.toasts} />
    </div>
  );
}

/** Opens another model's board; works without scripts too. */
function ModelSwitch({ models, model }: Pick<BoardProps, "models"> & { model: string }) {
  return (
    <form class="field" action="/">
      <label for="model">Model</label>
      <div class="row-tight">
        <select id="model" name="model" onChange={(event) => event.currentTarget.form!.submit()}>
          {models.map(({ name, title }) => <option key={name} value={name} selected={name === model}>{title}</option>)}
        </select>
        <noscript>
          <button type="submit">Open</button>
        </noscript>
      </div>
    </form>
  );
}
