import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { GridPanel } from "../components/board/GridPanel.tsx";
import { InterpolationPanel } from "../components/board/InterpolationPanel.tsx";
import { Knobs } from "../components/board/Knobs.tsx";
import { Latents } from "../components/board/Latents.tsx";
import { Manifold } from "../components/board/Manifold.tsx";
import { PicturePanel } from "../components/board/PicturePanel.tsx";
import { Plane } from "../components/board/Plane.tsx";
import { Readout } from "../components/board/Readout.tsx";
import { Viewer } from "../components/board/Viewer.tsx";
import { Tabs } from "../components/Tabs.tsx";
import { ToastList } from "../components/ToastList.tsx";
import { BoardSession, type BoardStart } from "../lib/browser/board_session.ts";
import { Interpolation } from "../lib/browser/interpolation.ts";
import { PictureIn, pictureOf } from "../lib/browser/picture_in.ts";
import { type MapLinks, TestPictures } from "../lib/browser/test_pictures.ts";
import type { ModelDetail, ModelSummary } from "../lib/protocol.ts";

interface BoardProps {
  readonly models: readonly Pick<ModelSummary, "name" | "title">[];
  readonly model: ModelDetail;
  readonly start: BoardStart;
  /** The first state's picture as a `data:` link. */
  readonly picture: string;
  /** Key frames that the link brought for the strip. */
  readonly keys: readonly (readonly number[])[];
  /** Where the model's test pictures are; undefined when it came without. */
  readonly map: MapLinks | undefined;
}

const STRIP_TAB = 0;
const PICTURE_TAB = 1;

/** The board: sliders on one side, the picture that they make on the other. */
export default function Board({ models, model, start, picture, keys, map }: BoardProps) {
  const session = useMemo(() => new BoardSession(model, start), []);
  const { state } = session;
  const strip = useMemo(() => new Interpolation(model.name), []);
  const pictureIn = useMemo(() => new PictureIn(session, models.map(({ name }) => name)), []);
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
      tab.value = PICTURE_TAB;
      void pictureIn.take(picture);
    };
    const allow = (event: DragEvent) => event.preventDefault(); // else the browser leaves for the dropped file
    addEventListener("dragover", allow);
    addEventListener("drop", take);
    addEventListener("paste", take);
    return () => {
      removeEventListener("dragover", allow);
      removeEventListener("drop", take);
      removeEventListener("paste", take);
    };
  }, []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement && event.target.type !== "range";
      if (typing || !(event.ctrlKey || event.metaKey)) return;
      const key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) state.undo();
      else if (key === "y" || (key === "z" && event.shiftKey)) state.redo();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);

  return (
    <div class="board">
      <section class="stage" aria-label="Picture">
        <form class="field" action="/">
          <label for="model">Model</label>
          <div class="row-tight">
            <select id="model" name="model" onChange={(event) => event.currentTarget.form!.submit()}>
              {models.map(({ name, title }) => (
                <option key={name} value={name} selected={name === model.name}>{title}</option>
              ))}
            </select>
            <noscript>
              <button type="submit">Open</button>
            </noscript>
          </div>
        </form>
        <Viewer session={session} picture={picture} />
        <Knobs session={session} mixture={map !== undefined} />
        <Manifold session={session} />
        <Readout session={session} />
      </section>
      <section aria-labelledby="latents-heading">
        <div class="row middle spread">
          <h2 id="latents-heading">Latents</h2>
          <p class="hint keyboard">
            <kbd>←</kbd> <kbd>→</kbd> move, with <kbd>Shift</kbd> finely; <kbd>0</kbd> resets one
          </p>
        </div>
        <Latents session={session} />
        {model.latentDim === 2 && <Plane session={session} />}
      </section>
      <section class="tools" aria-label="More to do">
        <Tabs
          label="More to do"
          chosen={tab}
          tabs={[
            { name: "Interpolation", panel: () => <InterpolationPanel session={session} strip={strip} /> },
            { name: "Picture in", panel: () => <PicturePanel session={session} pictureIn={pictureIn} tests={tests} /> },
            { name: "Grids", panel: () => <GridPanel session={session} tests={tests} /> },
          ]}
        />
      </section>
      <ToastList toasts={session.toasts} />
    </div>
  );
}
