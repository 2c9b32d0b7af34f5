import { useEffect, useMemo } from "preact/hooks";
import { useSignalEffect } from "@preact/signals";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { isAbort } from "../../lib/browser/requests.ts";
import { TraversalStrips } from "../../lib/browser/traversal_strips.ts";
import type { LatentDimension } from "../../lib/protocol.ts";
import { LatentRow } from "./LatentRow.tsx";

/** Traversals wait until the sliders rest, so that they do not delay the picture. */
const STRIPS_DELAY_MS = 250;

/** The sliders by KL divergence, dead latents folded. */
export function LatentList({ session }: { session: BoardSession }) {
  const { state, model, connection } = session;
  const strips = useMemo(() => new TraversalStrips(model.name), []);
  const paint = () => {
    strips.paint(state.z()).catch((error) => {
      // A strip is a help, not the picture: while the server is away the board says so already.
      if (!isAbort(error)) strips.stop();
    });
  };
  useSignalEffect(() => {
    void state.settled.value;
    if (connection.value !== "open") return;
    const timer = setTimeout(() => requestIdleCallback(paint, { timeout: 1000 }), STRIPS_DELAY_MS);
    return () => clearTimeout(timer);
  });
  useEffect(() => () => strips.stop(), []);

  const row = (dimension: LatentDimension) => (
    <LatentRow key={dimension.index} state={state} strips={strips} dimension={dimension} image={model.image} />
  );
  const active = state.order.filter((dimension) => dimension.active);
  const dead = state.order.filter((dimension) => !dimension.active);
  return (
    <>
      <ol class="latents">{active.map(row)}</ol>
      {dead.length > 0 && (
        <details
          class="folded"
          onToggle={(event) => event.currentTarget.open && paint()}
          open={active.length === 0}
        >
          <summary>{dead.length} dead {dead.length === 1 ? "latent" : "latents"}</summary>
          <p class="hint">Below 0.01 nats: the encoder says nothing through these, so they hardly move the picture.</p>
          <ol class="latents">{dead.map(row)}</ol>
        </details>
      )}
    </>
  );
}
