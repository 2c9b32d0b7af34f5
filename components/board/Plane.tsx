import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { traversalGrid } from "../../lib/browser/grids.ts";
import { isAbort, send } from "../../lib/browser/requests.ts";

/** Pictures along each side of the plane. */
const SIDE = 13;

/**
 * The whole latent space of a model of two latents, to move about in by hand. The sliders beside it do the same by
 * keyboard and for screen readers, so that the plane is hidden from those.
 */
export function Plane({ session }: { session: BoardSession }) {
  const { state, model } = session;
  const [across, up] = model.dimensions as [typeof model.dimensions[0], typeof model.dimensions[0]];
  const canvas = useRef<HTMLCanvasElement>(null);
  const share = (value: number, { minimum, maximum }: typeof across) =>
    100 * Math.min(1, Math.max(0, (value - minimum) / (maximum - minimum)));
  const x = useComputed(() => share(state.values[0]!.value, across));
  const y = useComputed(() => 100 - share(state.values[1]!.value, up));

  useEffect(() => {
    const stop = new AbortController();
    paint(canvas.current!, session, stop.signal).catch((error) => {
      if (!isAbort(error)) canvas.current?.setAttribute("data-empty", ""); // the sliders and the picture still work
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
    state.set(0, across.minimum + right * (across.maximum - across.minimum));
    state.set(1, up.minimum + above * (up.maximum - up.minimum));
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
        <line x1={x} x2={x} y1="0" y2="100" />
        <line x1="0" x2="100" y1={y} y2={y} />
      </svg>
    </div>
  );
}

async function paint(canvas: HTMLCanvasElement, { model }: BoardSession, signal: AbortSignal): Promise<void> {
  const { cells } = traversalGrid([0, 0], model.dimensions[0]!, model.dimensions[1]!, SIDE);
  const response = await send("/api/decode", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "image/png" },
    body: JSON.stringify({ model: model.name, z: cells, columns: SIDE }),
    signal,
  });
  const sheet = await createImageBitmap(await response.blob());
  canvas.width = sheet.width;
  canvas.height = sheet.height;
  canvas.getContext("2d")!.drawImage(sheet, 0, 0);
  sheet.close();
}
