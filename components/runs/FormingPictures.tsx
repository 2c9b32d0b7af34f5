import { useSignal } from "@preact/signals";
import type { RunSession } from "../../lib/browser/runs/run_session.ts";
import { saveFile } from "../../lib/browser/files.ts";
import { randomSeed } from "../../lib/browser/board_state.ts";
import { errorText } from "../../lib/browser/requests.ts";
import { replayFilm } from "../../lib/browser/runs/replay.ts";
import { samplePrior } from "../../lib/latent/mod.ts";
import { RangeField } from "../fields.tsx";

/** The same seeds' samples and the same pictures' reconstructions at every kept snapshot. */
export function FormingPictures({ session, latentDim, imageSize }: {
  readonly session: RunSession;
  readonly latentDim: number;
  readonly imageSize: number | undefined;
}) {
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
        {snapshots.length > 1 && <FilmButton session={session} latentDim={latentDim} imageSize={imageSize} />}
      </div>
    </div>
  );
}

/** One latent through every snapshot, as a GIF. */
function FilmButton({ session, latentDim, imageSize = 64 }: {
  readonly session: RunSession;
  readonly latentDim: number;
  readonly imageSize: number | undefined;
}) {
  const making = useSignal(false);
  const make = async () => {
    making.value = true;
    try {
      const { id } = session.run.value;
      const z = [...samplePrior(randomSeed(), 1, latentDim)];
      saveFile(await replayFilm(id, z, imageSize, "image/gif"), `${id}.gif`);
    } catch (error) {
      session.toasts.show(errorText(error));
    } finally {
      making.value = false;
    }
  };
  return (
    <button
      type="button"
      disabled={making.value}
      title="One random picture, as the model would have drawn it at each of these moments"
      onClick={() => void make()}
    >
      {making.value ? "Making the film…" : "Film of a picture forming"}
    </button>
  );
}
