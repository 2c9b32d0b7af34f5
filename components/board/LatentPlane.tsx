import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { decodeSheet } from "../../lib/browser/decoding.ts";
import { traversalGrid } from "../../lib/browser/latent_grids.ts";
import { errorText, isAbort } from "../../lib/browser/requests.ts";
import type { LatentDimension } from "../../lib/protocol.ts";

const SIDE = 13;

/** The latent space of a model with two latents, to drag in. Hidden from screen readers: the sliders do the same. */
export function LatentPlane({ session }: { session: BoardSession }) {
  const { state, model } = session;
  const [x, y] = model.dimensions as [LatentDimension, LatentDimension];
  const canvas = useRef<HTMLCanvasElement>(null);
  const share = (value: number, { minimum, maximum }: LatentDimension) =>
    100 * Math.min(1, Math.max(0, (value - minimum) / (maximum - minimum)));
  const left = useComputed(() => share(state.values[0]!.value, x));
  const top = useComputed(() => 100 - share(state.values[1]!.value, y));

  useEffect(() => {
    const stop = new AbortController();
    paint(canvas.current!, session, stop.signal).catch((error) => {
      if (!isAbort(error)) session.toasts.show(`The plane can't be decoded: ${errorText(error)}`);
    });
    return () => stop.abort();
  }, []);

  const move = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    else if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.getBoundingClientRect();
    const place = (position: number) => Math.min(1, Math.max(0, position));
    const right = place((event.clientX - box.left) / box.width);
    const above = place(1 - (event.clientY - box.top) / box.height);
    state.setMany([
      [0, x.minimum + right * (x.maximum - x.minimum)],
      [1, y.minimum + above * (y.maximum - y.minimum)],
    ]);
  };

  return (
    <div
      class="plane"
      aria-hidden="true"
      title="Drag through the latent space: z0 to the right, z1 upwards"
      onPointerDown={move}
      onPointerMove={move}
      onPointerUp={() => state.settle()}
    >
      <canvas ref={canvas} class="crisp" width={1} height={1} />
      <svg viewBox="0 0 100 100" preserveAspectRatio="none">
        <line x1={left} x2={left} y1="0" y2="100" />
        <line x1="0" x2="100" y1={top} y2={top} />
      </svg>
    </div>
  );
}

async function paint(canvas: HTMLCanvasElement, { model }: BoardSession, signal: AbortSignal): Promise<void> {
  const { cells } = traversalGrid([0, 0], model.dimensions[0]!, model.dimensions[1]!, SIDE);
  for await (const { first, rows, bitmap } of decodeSheet(model.name, cells, SIDE, signal)) {
    const height = bitmap.height / rows;
    if (first === 0) {
      canvas.width = bitmap.width;
      canvas.height = height * SIDE;
    }
    canvas.getContext("2d")!.drawImage(bitmap, 0, first * height);
  }
}
