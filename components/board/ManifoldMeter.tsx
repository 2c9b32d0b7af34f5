import { useSignal, useSignalEffect } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { sendJson } from "../../lib/browser/requests.ts";
import { manifoldLimits } from "../../lib/latent/mod.ts";
import type { ManifoldResponse } from "../../lib/protocol.ts";

const DELAY_MS = 350;

/** How far decode → encode lands from z: large where no training picture lay. */
export function ManifoldMeter({ session }: { session: BoardSession }) {
  const { state, model, connection } = session;
  const measurement = useSignal<ManifoldResponse | undefined>(undefined);
  useSignalEffect(() => {
    void state.settled.value;
    if (connection.value !== "open") return;
    const running = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const request = { model: model.name, z: state.z() };
        measurement.value = await sendJson<ManifoldResponse>("/api/manifold", request, { signal: running.signal });
      } catch {
        if (!running.signal.aborted) measurement.value = undefined; // shown as not measured
      }
    }, DELAY_MS);
    return () => {
      clearTimeout(timer);
      running.abort();
    };
  });

  const measured = measurement.value?.distance;
  const { near, far } = manifoldLimits(measurement.value?.typical);
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
