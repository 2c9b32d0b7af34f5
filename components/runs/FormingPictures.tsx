import type { RunSession } from "../../lib/browser/runs/run_session.ts";
import { RangeField } from "../fields.tsx";

/** The same seeds' samples and the same pictures' reconstructions at every kept snapshot. */
export function FormingPictures({ session }: { session: RunSession }) {
  const { snapshot } = session;
  const { snapshots } = session.record;
  if (snapshot === undefined) return <p class="quiet">The first pictures come a few seconds after training begins.</p>;
  const index = snapshots.findIndex(({ step }) => step === snapshot.step);
  const address = (file: string) => `/api/runs/${session.run.value.id}/snapshots/${snapshot.step}/${file}`;
  const when = `after step ${snapshot.step.toLocaleString("en")}, round ${snapshot.epoch}`;
  return (
    <div class="stack">
      <div class="forming">
        <figure>
          <img class="crisp" src={address("samples.png")} alt={`Invented pictures ${when}`} />
          <figcaption title="Samples: the same draws from the prior, decoded">Invented by the model</figcaption>
        </figure>
        <figure>
          <img
            class="crisp"
            src={address("reconstructions.png")}
            alt={`Originals over their reconstructions ${when}`}
          />
          <figcaption title="Reconstructions of held-out pictures">
            Your pictures, each above what the model makes of it
          </figcaption>
        </figure>
      </div>
      <div class="row middle">
        <div class="scrubber">
          <RangeField
            id="snapshot"
            label={`How it was ${when}`}
            text={when}
            value={Math.max(0, index)}
            min={0}
            max={Math.max(1, snapshots.length - 1)}
            onNumber={(at) => session.chosenSnapshot.value = at >= snapshots.length - 1 ? undefined : snapshots[at]}
          />
        </div>
        {session.chosenSnapshot.value !== undefined && (
          <button
            type="button"
            onClick={() => session.chosenSnapshot.value = undefined}
          >
            Follow the newest
          </button>
        )}
      </div>
    </div>
  );
}
