import { useSignal, useSignalEffect } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { sendJson } from "../../lib/browser/requests.ts";
import type { ManifoldResponse } from "../../lib/protocol.ts";

const AFTER_MS = 350;
/** In prior standard deviations, for a model without a map of test pictures, which would give it a scale of its own. */
const NEAR = 0.5;
/** So many times what the test pictures' decode → encode leaves, a latent is off the manifold. */
const FAR = 2;

/** How far decode → encode lands from where it began: large where the decoder was never trained to draw. */
export function Manifold({ session }: { session: BoardSession }) {
  const { state, model, connection } = session;
  const answer = useSignal<ManifoldResponse | undefined>(undefined);
  useSignalEffect(() => {
    void state.settled.value;
    if (connection.value !== "open") return;
    const running = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const request = { model: model.name, z: state.z() };
        answer.value = await sendJson<ManifoldResponse>("/api/manifold", request, { signal: running.signal });
      } catch {
        if (!running.signal.aborted) answer.value = undefined; // shown as not measured
      }
    }, AFTER_MS);
    return () => {
      clearTimeout(timer);
      running.abort();
    };
  });

  const measured = answer.value?.distance;
  const near = answer.value?.typical ?? NEAR;
  const far = FAR * near;
  const verdict = measured === undefined
    ? "not measured"
    : measured < near
    ? "on the manifold"
    : measured < far
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
        max={2 * far}
        low={near}
        high={far}
        optimum={0}
        value={Math.min(2 * far, measured ?? 0)}
        aria-labelledby="manifold-name"
      >
        {verdict}
      </meter>
    </div>
  );
}
