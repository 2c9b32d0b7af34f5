import { useSignal } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { randomSeed, SEED_LIMIT } from "../../lib/browser/board_state.ts";
import { type LatentGrid, sampleGrid, traversalGrid } from "../../lib/browser/latent_grids.ts";
import { errorText, sendJson } from "../../lib/browser/requests.ts";
import type { TestPicture, TestPictures } from "../../lib/browser/test_pictures.ts";
import type { DecodeResponse, PixelImage } from "../../lib/protocol.ts";
import { NumberField, SelectField } from "../fields.tsx";
import { PixelCanvas } from "../PixelCanvas.tsx";
import { OriginalCanvas } from "./OriginalCanvas.tsx";

const COLUMNS = 8;
const SIDE = 8;
const PAIR_COLUMNS = 4;
const PAIRS = 16;

interface ShownGrid {
  readonly grid: LatentGrid;
  readonly images: readonly PixelImage[];
  /** What the cells reconstruct. */
  readonly originals?: readonly TestPicture[] | undefined;
}

type ChooseGrid = () => Omit<ShownGrid, "images"> | Promise<Omit<ShownGrid, "images">>;

/** Prior samples, reconstructions, or two latents through their ranges; a click on a cell sets the sliders. */
export function GridPanel({ session, tests }: { session: BoardSession; tests: TestPictures | undefined }) {
  const { state, model } = session;
  const seed = useSignal(1);
  const x = useSignal(state.order[0]!.index);
  const y = useSignal((state.order[1] ?? state.order[0]!).index);
  const shown = useSignal<ShownGrid | undefined>(undefined);
  const busy = useSignal(false);
  const problem = useSignal("");

  const show = async (choose: ChooseGrid) => {
    busy.value = true;
    problem.value = "";
    try {
      const chosen = await choose();
      const request = { model: model.name, z: chosen.grid.cells };
      shown.value = { ...chosen, ...await sendJson<DecodeResponse>("/api/decode", request) };
    } catch (error) {
      problem.value = errorText(error);
    } finally {
      busy.value = false;
    }
  };
  const samples = () => ({
    grid: sampleGrid(seed.value, {
      latentDim: model.latentDim,
      columns: COLUMNS,
      count: COLUMNS * 5,
      temperature: state.temperature.peek(),
    }),
  });
  const traversal = () => ({
    grid: traversalGrid(state.z(), model.dimensions[x.value]!, model.dimensions[y.value]!, SIDE),
  });
  const reconstructions = async () => {
    const originals = await tests!.pick(PAIRS);
    const names = originals.map(({ label }) => `Reconstruction of ${model.labels[label]?.name ?? "a test picture"}`);
    return { grid: { columns: PAIR_COLUMNS, cells: originals.map(({ z }) => z), names }, originals };
  };
  const axis = (id: string, label: string, chosen: typeof x) => (
    <SelectField
      id={id}
      label={label}
      value={String(chosen.value)}
      options={state.order.map(({ index }) => [String(index), `z${index}`])}
      onSelect={(value) => chosen.value = Number(value)}
    />
  );
  const showButton = (text: string, choose: ChooseGrid, disabled = false) => (
    <button
      type="button"
      disabled={busy.value || disabled}
      onClick={() => void show(choose)}
    >
      {text}
    </button>
  );

  return (
    <>
      <div class="row spread-wide">
        <div class="row" role="group" aria-label="Prior samples">
          <NumberField
            id="grid-seed"
            label="Seed of the first"
            min={0}
            max={SEED_LIMIT - 1}
            value={seed.value}
            onNumber={(value) => seed.value = value}
          />
          {showButton("Show prior samples", samples)}
          {showButton("Others", () => {
            seed.value = randomSeed();
            return samples();
          })}
        </div>
        {model.latentDim > 1 && (
          <div class="row" role="group" aria-label="Traversal of two latents">
            {axis("grid-x", "X axis", x)}
            {axis("grid-y", "Y axis", y)}
            {showButton("Show traversal", traversal, x.value === y.value)}
          </div>
        )}
        {tests !== undefined && showButton("Show reconstructions", reconstructions)}
      </div>
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
      {shown.value === undefined
        ? <p class="hint">Choose what to show; a click on a picture sets the sliders to it.</p>
        : (
          <div class="cells" data-columns={String(shown.value.grid.columns)} aria-busy={busy.value}>
            {shown.value.images.map((image, index) => {
              const { grid: { cells, names }, originals } = shown.value!;
              return (
                <button
                  key={index}
                  type="button"
                  aria-label={`${names[index]}: to the board`}
                  class={originals && "pair-cell"}
                  onClick={() => state.jump(cells[index]!)}
                >
                  {originals?.[index] !== undefined && (
                    <OriginalCanvas
                      tests={tests!}
                      picture={originals[index]}
                      onError={(error) => problem.value = errorText(error)}
                    />
                  )}
                  <PixelCanvas image={image} label="" />
                </button>
              );
            })}
          </div>
        )}
    </>
  );
}
