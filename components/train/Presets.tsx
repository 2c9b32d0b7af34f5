import { durationText } from "../../lib/browser/runs/run_words.ts";
import type { EstimateState, SettingsSession } from "../../lib/browser/train/settings_session.ts";
import type { TrainingPreset } from "../../lib/protocol_runs.ts";
import { fileSize } from "../models/figures.ts";

/** The presets in plain words, with what the chosen one costs. */
export function Presets({ session, presets }: {
  readonly session: SettingsSession;
  readonly presets: readonly TrainingPreset[];
}) {
  const changed = session.differences.value.length;
  const chosen = presets.find(({ name }) => name === session.preset.value);
  const estimates = session.estimates.value;
  return (
    <div class="stack tight">
      <fieldset class="presets">
        <legend class="hidden-visually">How thoroughly</legend>
        {presets.map(({ name, title, description }) => (
          <label key={name} class="preset">
            <input
              type="radio"
              name="preset"
              checked={session.preset.value === name}
              onChange={() => session.choosePreset(name)}
            />
            <span>
              <strong>{title}</strong>
              <span class="quiet">{description}</span>
              <EstimateText estimate={estimates[name]} />
            </span>
          </label>
        ))}
      </fieldset>
      <div class="row middle">
        <button
          type="button"
          disabled={session.problem.value !== undefined || session.checking.value}
          title="Runs a few steps of this training here"
          onClick={() => void session.estimate()}
        >
          How long will it take here?
        </button>
        {changed > 0 && (
          <>
            <EstimateText estimate={estimates.own} />
            <span>
              {changed === 1 ? "One setting differs" : `${changed} settings differ`} from “{chosen?.title}”.
            </span>
            <button type="button" onClick={() => session.choosePreset(session.preset.value)}>
              Back to “{chosen?.title}”
            </button>
          </>
        )}
      </div>
    </div>
  );
}

function EstimateText({ estimate }: { estimate: EstimateState | undefined }) {
  if (estimate === undefined) return null;
  if (estimate === "measuring") return <span class="estimate" role="status">Trying a few steps…</span>;
  if ("problem" in estimate) return <span class="estimate" role="status">{estimate.problem}</span>;
  const { seconds, memory, parameters, engine, busy } = estimate;
  return (
    <span
      class="estimate"
      role="status"
      title={`${parameters.toLocaleString("en")} parameters, ${engine}, at most all its rounds`}
    >
      About {durationText(seconds)} and {fileSize(memory)} of memory
      {busy && "; quicker once the run that trains now has ended"}
    </span>
  );
}
