import { useComputed } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { SEED_LIMIT } from "../../lib/browser/board_state.ts";

/** The temperature of random samples, and the seed of the one that is shown. */
export function Knobs({ session }: { session: BoardSession }) {
  const { state } = session;
  const temperature = useComputed(() => state.temperature.value.toFixed(2));
  const takeSeed = (event: Event & { currentTarget: HTMLInputElement }) => {
    const seed = event.currentTarget.valueAsNumber;
    if (Number.isInteger(seed) && seed >= 0 && seed < SEED_LIMIT) state.random(seed);
    else event.currentTarget.value = String(state.seed.peek() ?? "");
  };
  return (
    <div class="knobs">
      <div class="field">
        <label for="temperature">
          Temperature <span class="number">{temperature}</span>
        </label>
        <input
          id="temperature"
          type="range"
          min={0}
          max={2}
          step={0.05}
          value={state.temperature}
          aria-valuetext={temperature}
          onInput={(event) => state.temperature.value = event.currentTarget.valueAsNumber}
          onDblClick={() => state.temperature.value = 1}
        />
      </div>
      <div class="field">
        <label for="seed">Seed</label>
        <input
          id="seed"
          type="number"
          min={0}
          max={SEED_LIMIT - 1}
          step={1}
          placeholder="not a sample"
          value={state.seed.value ?? ""}
          onChange={takeSeed}
        />
      </div>
    </div>
  );
}
