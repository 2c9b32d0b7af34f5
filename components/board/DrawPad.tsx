import { useEffect, useRef } from "preact/hooks";

const SIDE = 224;
const BRUSH = 16;

/** A canvas to draw on by mouse, pen or finger. */
export function DrawPad({ onDone }: { onDone: (picture: Blob) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const clear = () => {
    const context = canvas.current!.getContext("2d")!;
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
  };
  useEffect(() => {
    clear();
    const context = canvas.current!.getContext("2d")!;
    context.strokeStyle = "#fff";
    context.lineWidth = BRUSH;
    context.lineCap = context.lineJoin = "round";
  }, []);

  const draw = (event: PointerEvent & { currentTarget: HTMLCanvasElement }) => {
    const first = event.type === "pointerdown";
    if (first) event.currentTarget.setPointerCapture(event.pointerId);
    else if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const context = event.currentTarget.getContext("2d")!;
    const scale = SIDE / event.currentTarget.clientWidth;
    const x = event.offsetX * scale;
    const y = event.offsetY * scale;
    if (first) {
      context.beginPath();
      context.moveTo(x, y);
    }
    context.lineTo(x, y);
    context.stroke();
  };
  const done = () => canvas.current!.toBlob((blob) => blob !== null && onDone(blob), "image/png");

  return (
    <div class="stack tight">
      <canvas
        ref={canvas}
        class="draw"
        width={SIDE}
        height={SIDE}
        role="img"
        aria-label="Drawing canvas, for mouse, pen or finger"
        onPointerDown={draw}
        onPointerMove={draw}
        onPointerUp={done}
      />
      <div class="row">
        <button type="button" onClick={clear}>Clear the drawing</button>
      </div>
      <p class="hint">Draw in white on black; the sliders follow each stroke.</p>
    </div>
  );
}
