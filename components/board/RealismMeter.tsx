import { useSignal, useSignalEffect } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { bringBack, measureManifold } from "../../lib/browser/manifold.ts";
import { errorText, isAbort } from "../../lib/browser/requests.ts";
import { manifoldLimits } from "../../lib/latent/mod.ts";
import type { ManifoldResponse } from "../../lib/protocol.ts";

const DELAY_MS = 350;

/** How far decode → encode lands from z, as realism: small where no training picture lay. */
export function RealismMeter({ session }: { session: BoardSession }) {
  const { state, connection } = session;
  const measurement = useSignal<ManifoldResponse | undefined>(undefined);
  const problem = useSignal("");
  const returning = useSignal(false);
  useSignalEffect(() => {
    void state.settled.value;
    if (connection.value !== "open") return;
    const running = new AbortController();
    const timer = setTimeout(async () => {
      try {
        measurement.value = await measureManifold(session, state.z(), running.signal);
        problem.value = "";
      } catch (error) {
        if (isAbort(error)) return;
        measurement.value = undefined;
        problem.value = errorText(error);
      }
    }, DELAY_MS);
    return () => {
      clearTimeout(timer);
      running.abort();
    };
  });
  const comeBack = async () => {
    returning.value = true;
    try {
      await bringBack(session);
    } catch (error) {
      session.toasts.show(errorText(error));
    } finally {
      returning.value = false;
    }
  };

  const { distance, typical, percentile } = measurement.value ?? {};
  const { near, far } = manifoldLimits(typical);
  const verdict = distance === undefined
    ? "not measured yet"
    : distance < near
    ? "like the data"
    : distance < far
    ? "unusual"
    : "unlike the data";
  return (
    <div class={connection.value === "disconnected" ? "realism is-stale" : "realism"}>
      <details>
        <summary
          id="realism-name"
          title="How much the picture resembles what the model has learned from; click for more"
        >
          Realism
        </summary>
        <p class="hint">
          {problem.value !== "" && `Not measured: ${problem.value}. `}
          {percentile !== undefined &&
            `Closer to the data than ${Math.round((1 - percentile) * 100)} of 100 test pictures. `}
          {distance !== undefined &&
            `Encoding the picture again moves z by ${distance.toFixed(2)} prior standard deviations` +
              (typical === undefined ? ". " : `; for 99 of 100 test pictures by less than ${typical.toFixed(2)}. `) +
              "The further, the further off the manifold of pictures that the model has learned."}
        </p>
      </details>
      <span class="verdict">{verdict}</span>
      {distance !== undefined && distance >= near && (
        <button
          type="button"
          class="chip"
          disabled={returning.value}
          title="Decode and encode again until the picture is like the data"
          onClick={() => void comeBack()}
        >
          Bring it back
        </button>
      )}
      <meter
        min={0}
        max={1}
        low={0.5}
        high={0.75}
        optimum={1}
        value={distance === undefined ? 0 : Math.max(0, 1 - distance / (2 * far))}
        aria-labelledby="realism-name"
      >
        {verdict}
      </meter>
    </div>
  );
}
