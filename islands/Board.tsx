import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { ClassButtons } from "../components/board/ClassButtons.tsx";
import { ConnectionStatus } from "../components/board/ConnectionStatus.tsx";
import { LatentList } from "../components/board/LatentList.tsx";
import { NewcomerLine } from "../components/board/NewcomerLine.tsx";
import { PictureView } from "../components/board/PictureView.tsx";
import { RealismMeter } from "../components/board/RealismMeter.tsx";
import { SamplingControls } from "../components/board/SamplingControls.tsx";
import { ShortcutSheet } from "../components/board/ShortcutSheet.tsx";
import { LazyPart } from "../components/LazyPart.tsx";
import { type Tab, Tabs } from "../components/Tabs.tsx";
import { ToastList } from "../components/ToastList.tsx";
import { getBackend } from "../lib/browser/backend.ts";
import { BoardSession } from "../lib/browser/board_session.ts";
import { type BoardStart, randomSeed } from "../lib/browser/board_state.ts";
import { Interpolation } from "../lib/browser/interpolation.ts";
import { PictureEncoder, pictureOf } from "../lib/browser/picture_encoder.ts";
import { listenForShortcuts, type Shortcut } from "../lib/browser/shortcuts.ts";
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
  /** Whether the line for newcomers is shown. */
  readonly newcomer: boolean;
  /** The run whose newest snapshot decodes; undefined for a model. */
  readonly run?: string | undefined;
}

const loadLive = async () => (await import("../components/runs/LivePanel.tsx")).LivePanel;
const loadMap = async () => (await import("../components/board/MapPanel.tsx")).MapPanel;
const loadEncode = async () => (await import("../components/board/EncodePanel.tsx")).EncodePanel;
const loadStrip = async () => (await import("../components/board/InterpolationPanel.tsx")).InterpolationPanel;
const loadGrids = async () => (await import("../components/board/GridPanel.tsx")).GridPanel;
const loadExport = async () => (await import("../components/board/ExportPanel.tsx")).ExportPanel;

const ENCODE_TAB = "Encode a picture";
const STRIP_TAB = "Interpolation";

/** The board: the picture on one side, what changes it in tabs beside it. */
export default function Board({ models, model, start, picture, keys, map, newcomer, run }: BoardProps) {
  const session = useMemo(
    () => new BoardSession(model, start, picture, run === undefined && getBackend().hasServer),
    [],
  );
  const { state } = session;
  const strip = useMemo(() => new Interpolation(model.name), []);
  const encoder = useMemo(() => new PictureEncoder(session, models.map(({ name }) => name)), []);
  const tests = useMemo(() => map && new TestPictures(map, model.latentDim, model.image), []);
  const sliders: Tab = { name: "Sliders", panel: () => <LatentList session={session} /> };
  const tabs: readonly Tab[] = run !== undefined ? [sliders] : [
    sliders,
    ...(tests ? [{ name: "Map", panel: () => <LazyPart load={loadMap} props={{ session, tests }} /> }] : []),
    { name: ENCODE_TAB, panel: () => <LazyPart load={loadEncode} props={{ session, encoder, tests }} /> },
    { name: STRIP_TAB, panel: () => <LazyPart load={loadStrip} props={{ session, strip }} /> },
    { name: "Grids", panel: () => <LazyPart load={loadGrids} props={{ session, tests }} /> },
    { name: "Export", panel: () => <LazyPart load={loadExport} props={{ session }} /> },
  ];
  const chosen = useSignal(keys.length > 0 ? STRIP_TAB : tabs[0]!.name);
  const sheet = useRef<HTMLDialogElement>(null);
  const shortcuts = useMemo<readonly Shortcut[]>(() => [
    { key: "R", text: "Random picture", run: () => void session.random(randomSeed()) },
    { key: "M", text: "Mutate a little", run: () => state.mutate(randomSeed()) },
    {
      key: "S",
      text: getBackend().hasServer ? "Save to the gallery" : "Download the picture",
      run: () => void session.save(),
    },
    {
      key: "C",
      text: "Compare with the start, while held",
      run: () => session.comparing.value = true,
      release: () => session.comparing.value = false,
    },
    { key: "K", text: "Add a key frame to the interpolation", run: () => void strip.addKeys([state.z()]) },
    { key: "?", text: "Show this sheet", run: () => sheet.current!.showModal() },
  ], []);

  useEffect(() => session.run(), []);
  useEffect(() => {
    if (keys.length > 0) void strip.addKeys(keys);
  }, []);
  useEffect(() => {
    const listeners = new AbortController();
    const { signal } = listeners;
    const take = (event: DragEvent | ClipboardEvent) => {
      const picture = pictureOf(event instanceof DragEvent ? event.dataTransfer : event.clipboardData);
      if (picture === undefined || run !== undefined) return; // a snapshot has no encoder
      event.preventDefault();
      chosen.value = ENCODE_TAB;
      void encoder.encode(picture);
    };
    addEventListener("dragover", (event) => event.preventDefault(), { signal }); // else the browser opens the file
    addEventListener("drop", take, { signal });
    addEventListener("paste", take, { signal });
    listenForShortcuts(shortcuts, state, signal);
    return () => listeners.abort();
  }, []);

  return (
    <>
      <noscript>
        <p class="fault">
          Without JavaScript you see a picture of each model, the gallery and the models; sliders and tools need it.
        </p>
      </noscript>
      {newcomer && <NewcomerLine latentDim={model.latentDim} />}
      <div class="board">
        <section class="stage" aria-label="Picture">
          {models.length > 1 && <ModelSwitch models={models} model={model.name} />}
          <PictureView session={session} />
          <ClassButtons session={session} tests={tests} />
          {run === undefined && <RealismMeter session={session} />}
          <SamplingControls session={session} mixture={map !== undefined} />
          <ConnectionStatus session={session} />
        </section>
        <section class="tools" aria-label="Tools">
          {run !== undefined && <LazyPart load={loadLive} props={{ session, run }} />}
          <Tabs label="Tools" chosen={chosen} tabs={tabs}>
            <button
              type="button"
              class="plain keyboard"
              aria-label="Keyboard shortcuts"
              title="Keyboard shortcuts (?)"
              onClick={() => sheet.current!.showModal()}
            >
              ?
            </button>
          </Tabs>
        </section>
        <ShortcutSheet shortcuts={shortcuts} dialog={sheet} />
        <ToastList toasts={session.toasts} />
      </div>
    </>
  );
}

/** Opens another model's board; works without scripts too. */
function ModelSwitch({ models, model }: Pick<BoardProps, "models"> & { model: string }) {
  return (
    <form class="field" action="/">
      <label for="model" class="hidden-visually">Model</label>
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
