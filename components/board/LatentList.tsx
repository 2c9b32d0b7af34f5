import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { errorText, RequestError } from "../../lib/browser/requests.ts";
import { TraversalStrips } from "../../lib/browser/traversal_strips.ts";
import type { LatentDimension } from "../../lib/protocol.ts";
import { LatentRow } from "./LatentRow.tsx";
import { LatentPlane } from "./LatentPlane.tsx";

/** Traversals wait until the sliders rest, so that they do not delay the picture. */
const STRIPS_DELAY_MS = 250;
/** Sliders before the fold, those with the largest KL divergence. */
const TELLING = 12;
/** From so many latents the folded sliders have no traversals. */
const COMPACT_FROM = 48;

/** The sliders by KL divergence: the most telling ones, the rest folded, and dead latents folded apart. */
export function LatentList({ session }: { session: BoardSession }) {
  const { state, model, connection } = session;
  const compact = useSignal(false);
  const problem = useSignal("");
  const strips = useMemo(() =>
    new TraversalStrips(model.name, (error) => {
      const away = error instanceof RequestError && error.status === 0; // the board says so itself
      if (!away) problem.value = `The small pictures can't be decoded: ${errorText(error)}`;
    }), []);
  useSignalEffect(() => {
    void state.settled.value;
    void session.learned.value;
    if (connection.value !== "open") return;
    problem.value = "";
    const paint = () => void strips.paint(state.z());
    const timer = setTimeout(() => requestIdleCallback(paint, { timeout: 1000 }), STRIPS_DELAY_MS);
    return () => clearTimeout(timer);
  });
  useEffect(() => () => strips.stop(), []);

  const row = (dimension: LatentDimension, withStrip: boolean) => (
    <LatentRow
      key={dimension.index}
      session={session}
      strips={withStrip && !compact.value ? strips : undefined}
      dimension={dimension}
    />
  );
  const list = (dimensions: readonly LatentDimension[], withStrips = true) => (
    <ol class={withStrips && !compact.value ? "latents" : "latents compact"}>
      {dimensions.map((dimension) =>
        row(dimension, withStrips)
      )}
    </ol>
  );
  const active = state.order.filter((dimension) => dimension.active);
  const dead = state.order.filter((dimension) => !dimension.active);
  const rest = active.slice(TELLING);
  return (
    <>
      <div class="row middle spread">
        <p class="hint keyboard">
          The most telling first. <kbd>←</kbd> <kbd>→</kbd> move, with <kbd>Shift</kbd> finely; <kbd>0</kbd> resets
        </p>
        <button
          type="button"
          class="chip"
          aria-pressed={compact.value}
          title="Sliders without their small pictures"
          onClick={() => compact.value = !compact.value}
        >
          Compact
        </button>
      </div>
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
      {model.latentDim === 2 && <LatentPlane session={session} />}
      {list(active.slice(0, TELLING))}
      {rest.length > 0 && (
        <details class="folded">
          <summary>{rest.length} more {rest.length === 1 ? "slider" : "sliders"}</summary>
          {list(rest, model.latentDim < COMPACT_FROM)}
        </details>
      )}
      {dead.length > 0 && (
        <details class="folded" open={active.length === 0}>
          <summary>{dead.length} dead {dead.length === 1 ? "latent" : "latents"}</summary>
          <p class="hint">
            KL below 0.01 nats: the encoder stores nothing in these, so they hardly change the picture.
          </p>
          {list(dead)}
        </details>
      )}
    </>
  );
}
