import { useSignal, useSignalEffect } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { sendJson } from "../../lib/browser/requests.ts";

const AFTER_MS = 350;
/** In prior standard deviations: decode → encode of test pictures mostly lands within the first, of noise beyond the second. */
const NEAR = 0.5;
const FAR = 1;

/** How far decode → encode lands from where it began: large where the decoder was never trained to draw. */
export function Manifold({ session }: { session: BoardSession }) {
  const { state, model, connection } = session;
  const distance = useSignal<number | undefined>(undefined);
  useSignalEffect(() => {
    void state.settled.value;
    if (connection.value !== "open") return;
    const running = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const request = { model: model.name, z: state.z() };
        const answer = await sendJson<{ distance: number }>("/api/manifold", request, { signal: running.signal });
        distance.value = answer.distance;
      } catch {
        if (!running.signal.aborted) distance.value = undefined; // shown as not measured
      }
    }, AFTER_MS);
    return () => {
      clearTimeout(timer);
      running.abort();
    };
  });

  const measured = distance.value;
  const verdict = measured === undefined
    ? "not measured"
    : measured < NEAR
    ? "on the manifold"
    : measured < FAR
    ? "at its edge"
    : "off the manifold";
  return (
    <div class="manifold">
      <span class="quiet" id="manifold-name" title="How far decode → encode lands from z, in prior standard deviations">
        Off-manifold
      </span>
      <span>{measured === undefined ? "" : <span class="number">{measured.toFixed(2)}</span>} {verdict}</span>
      <meter
        min={0}
        max={2}
        low={NEAR}
        high={FAR}
        optimum={0}
        value={Math.min(2, measured ?? 0)}
        aria-labelledby="manifold-name"
      >
        {verdict}
      </meter>
    </div>
  );
}
