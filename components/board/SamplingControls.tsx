import type { BoardSession } from "../../lib/browser/board_session.ts";
import { SEED_LIMIT } from "../../lib/browser/board_state.ts";
import type { SamplerName } from "../../lib/protocol.ts";
import { NumberField, RangeField, SelectField } from "../fields.tsx";

/** Temperature, seed and sampler of random samples. `mixture`: the model has the map that a mixture is fitted to. */
export function SamplingControls({ session, mixture }: { session: BoardSession; mixture: boolean }) {
  const { temperature, sample, sampler } = session.state;
  const text = temperature.value.toFixed(2);
  return (
    <details class="sampling-options">
      <summary title="Temperature, seed and sampler of Random">Options of Random</summary>
      <div class="sampling">
        <RangeField
          id="temperature"
          label={
            <>
              Temperature <span class="number">{text}</span>
            </>
          }
          text={text}
          min={0}
          max={2}
          step={0.05}
          value={temperature.value}
          onNumber={(value) => temperature.value = value}
          onDblClick={() => temperature.value = 1}
        />
        <NumberField
          id="seed"
          label="Seed"
          min={0}
          max={SEED_LIMIT - 1}
          value={sample.value?.seed}
          onNumber={(value) => void session.random(value)}
        />
        <SelectField
          id="sampler"
          label="Sampler"
          options={[["prior", "prior"], ["gmm", "mixture"]]}
          value={sampler.value}
          disabledOption={mixture ? undefined : "gmm"}
          title={mixture
            ? "Mixture: where the model put its test pictures, without the prior's holes"
            : "A mixture is fitted to a model's map, and this model has none"}
          onSelect={(value) => sampler.value = value as SamplerName}
        />
      </div>
    </details>
  );
}
