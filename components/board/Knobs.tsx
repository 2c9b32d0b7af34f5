import { useComputed } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { SEED_LIMIT } from "../../lib/browser/board_state.ts";
import type { SamplerName } from "../../lib/protocol.ts";

/**
 * The temperature of random samples, the seed of the one that is shown, and where they are drawn from. `mixture` says
 * whether the model came with the map that a mixture is fitted to.
 */
export function Knobs({ session, mixture }: { session: BoardSession; mixture: boolean }) {
  const { state } = session;
  const temperature = useComputed(() => state.temperature.value.toFixed(2));
  const takeSeed = (event: Event & { currentTarget: HTMLInputElement }) => {
    const seed = event.currentTarget.valueAsNumber;
    if (Number.isInteger(seed) && seed >= 0 && seed < SEED_LIMIT) void session.random(seed);
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
          placeholder="none"
          value={state.seed.value ?? ""}
          onChange={takeSeed}
        />
      </div>
      <div class="field">
        <label for="sampler">Sampler</label>
        <select
          id="sampler"
          value={state.sampler}
          title={mixture
            ? "Mixture: where the model put its test pictures, without the prior's holes"
            : "A mixture is fitted to a model's map, and this model has none"}
          onChange={(event) => state.sampler.value = event.currentTarget.value as SamplerName}
        >
          <option value="prior">prior</option>
          <option value="gmm" disabled={!mixture}>mixture</option>
        </select>
      </div>
    </div>
  );
}
