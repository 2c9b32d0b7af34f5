import { useSignal } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { freshSeed, SEED_LIMIT } from "../../lib/browser/board_state.ts";
import { type LatentGrid, sampleGrid, traversalGrid } from "../../lib/browser/grids.ts";
import { errorText, sendJson } from "../../lib/browser/requests.ts";
import type { TestPicture, TestPictures } from "../../lib/browser/test_pictures.ts";
import type { DecodeResponse, PixelImage } from "../../lib/protocol.ts";
import { OriginalCanvas } from "./OriginalCanvas.tsx";
import { PixelCanvas } from "../PixelCanvas.tsx";

const COLUMNS = 8;
const SIDE = 8;
const PAIR_COLUMNS = 4;
const PAIRS = 16;

interface ShownGrid {
  readonly grid: LatentGrid;
  readonly images: readonly PixelImage[];
  /** The test pictures that the cells reconstruct. */
  readonly originals?: readonly TestPicture[] | undefined;
}

/** Many places at once: samples of the prior, or two latents through their ranges. A cell goes to the board. */
export function GridPanel({ session, tests }: { session: BoardSession; tests: TestPictures | undefined }) {
  const { state, model } = session;
  const seed = useSignal(1);
  const across = useSignal(state.order[0]!.index);
  const up = useSignal((state.order[1] ?? state.order[0]!).index);
  const shown = useSignal<ShownGrid | undefined>(undefined);
  const busy = useSignal(false);
  const problem = useSignal("");

  const show = async (grid: LatentGrid, originals?: readonly TestPicture[]) => {
    busy.value = true;
    problem.value = "";
    try {
      const { images } = await sendJson<DecodeResponse>("/api/decode", { model: model.name, z: grid.cells });
      shown.value = { grid, images, originals };
    } catch (error) {
      problem.value = errorText(error);
    } finally {
      busy.value = false;
    }
  };
  const showSamples = () =>
    show(sampleGrid(seed.value, {
      latentDim: model.latentDim,
      columns: COLUMNS,
      count: COLUMNS * 5,
      temperature: state.temperature.peek(),
    }));
  const showTraversal = () =>
    show(traversalGrid(state.z(), model.dimensions[across.value]!, model.dimensions[up.value]!, SIDE));
  const showReconstructions = async () => {
    try {
      const originals = await tests!.pick(PAIRS);
      const names = originals.map(({ label }) => `Reconstruction of ${model.labels[label]?.name ?? "a test picture"}`);
      await show({ columns: PAIR_COLUMNS, cells: originals.map(({ z }) => z), names }, originals);
    } catch (error) {
      problem.value = errorText(error);
    }
  };
  const latentChoice = (id: string, name: string, chosen: typeof across) => (
    <div class="field">
      <label for={id}>{name}</label>
      <select
        id={id}
        value={String(chosen.value)}
        onChange={(event) => chosen.value = Number(event.currentTarget.value)}
      >
        {state.order.map(({ index }) => <option key={index} value={String(index)}>z{index}</option>)}
      </select>
    </div>
  );

  return (
    <>
      <div class="row spread-wide">
        <div class="row" role="group" aria-label="Prior samples">
          <div class="field">
            <label for="grid-seed">Seed of the first</label>
            <input
              id="grid-seed"
              type="number"
              min={0}
              max={SEED_LIMIT - 1}
              step={1}
              value={seed.value}
              onChange={(event) => {
                const value = event.currentTarget.valueAsNumber;
                if (Number.isInteger(value) && value >= 0 && value < SEED_LIMIT) seed.value = value;
              }}
            />
          </div>
          <button type="button" disabled={busy.value} onClick={() => void showSamples()}>Show prior samples</button>
          <button
            type="button"
            disabled={busy.value}
            onClick={() => {
              seed.value = freshSeed();
              void showSamples();
            }}
          >
            Others
          </button>
        </div>
        {model.latentDim > 1 && (
          <div class="row" role="group" aria-label="Traversal of two latents">
            {latentChoice("grid-across", "Left to right", across)}
            {latentChoice("grid-up", "Upwards", up)}
            <button
              type="button"
              disabled={busy.value || across.value === up.value}
              onClick={() => void showTraversal()}
            >
              Show traversal
            </button>
          </div>
        )}
        {tests !== undefined && (
          <button type="button" disabled={busy.value} onClick={() => void showReconstructions()}>
            Show reconstructions
          </button>
        )}
      </div>
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
      {shown.value === undefined
        ? <p class="hint">Choose what to show; then any picture of the grid takes the sliders to it.</p>
        : (
          <div class="cells" data-columns={String(shown.value.grid.columns)} aria-busy={busy.value}>
            {shown.value.images.map((image, index) => {
              const { grid: { cells, names }, originals } = shown.value!;
              return (
                <button
                  key={index}
                  type="button"
                  aria-label={`${names[index]}: to the board`}
                  class={originals === undefined ? undefined : "pair-cell"}
                  onClick={() => state.jump(cells[index]!)}
                >
                  {originals?.[index] !== undefined && <OriginalCanvas tests={tests!} picture={originals[index]} />}
                  <PixelCanvas image={image} label="" />
                </button>
              );
            })}
          </div>
        )}
    </>
  );
}
