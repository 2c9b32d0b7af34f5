import { useSignal, useSignalEffect } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { saveFile } from "../../lib/browser/files.ts";
import { PixelPainter } from "../../lib/browser/pixels.ts";
import { errorText, isAbort } from "../../lib/browser/requests.ts";
import { FILM_TYPES, replay, replayFilm } from "../../lib/browser/runs/replay.ts";
import type { ReplayResponse } from "../../lib/protocol_runs.ts";
import { RangeField } from "../fields.tsx";

/** Sliders rest this long before their past is decoded. */
const REST_MS = 300;

/** The picture of the same sliders at every kept moment of the training, and that as a film. */
export function Replay({ session, run }: { session: BoardSession; run: string }) {
  const shown = useSignal<ReplayResponse | undefined>(undefined);
  const position = useSignal<number | undefined>(undefined);
  const making = useSignal(false);

  useSignalEffect(() => {
    void session.state.settled.value;
    void session.learned.value;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        shown.value = await replay(run, session.state.z(), stop.signal);
      } catch (error) {
        if (!isAbort(error)) session.problem.value = errorText(error);
      }
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  });

  const film = async (type: typeof FILM_TYPES[number]) => {
    making.value = true;
    try {
      const blob = await replayFilm(run, session.state.z(), session.model.image.width, type);
      saveFile(blob, `${run}.${type.slice("image/".length)}`);
    } catch (error) {
      session.toasts.show(errorText(error));
    } finally {
      making.value = false;
    }
  };

  const { steps = [], images = [] } = shown.value ?? {};
  if (images.length < 2) return null;
  const last = images.length - 1;
  const at = Math.min(position.value ?? last, last);
  const when = `after step ${steps[at]!.toLocaleString("en")}`;
  return (
    <div class="card replay">
      <canvas
        ref={(canvas) => void (canvas && new PixelPainter(canvas).paint(images[at]!))}
        class="crisp"
        role="img"
        aria-label={`This picture ${when}`}
      />
      <div class="stack tight">
        <RangeField
          id="replay"
          label={`The same sliders ${when}`}
          text={when}
          min={0}
          max={last}
          value={at}
          onNumber={(value) => position.value = value === last ? undefined : value}
        />
        <div class="row">
          {FILM_TYPES.map((type) => (
            <button
              key={type}
              type="button"
              disabled={making.value}
              onClick={() => void film(type)}
            >
              Film as {type.slice("image/".length).toUpperCase()}
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}
