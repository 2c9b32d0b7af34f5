import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

const SIDE = 224;
const BRUSH = 16;

/** A canvas to draw on by mouse, pen or finger, in any colour for a model of colour pictures. */
export function DrawPad({ colour, onDone }: { colour: boolean; onDone: (picture: Blob) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ink = useSignal(colour ? "#d2341f" : "#ffffff");
  const ground = useSignal(colour ? "#ffffff" : "#000000");
  const clear = () => {
    const context = canvas.current!.getContext("2d")!;
    context.fillStyle = ground.peek();
    context.fillRect(0, 0, SIDE, SIDE);
  };
  useEffect(clear, []);

  const draw = (event: PointerEvent & { currentTarget: HTMLCanvasElement }) => {
    const first = event.type === "pointerdown";
    if (first) event.currentTarget.setPointerCapture(event.pointerId);
    else if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const context = event.currentTarget.getContext("2d")!;
    const scale = SIDE / event.currentTarget.clientWidth;
    const x = event.offsetX * scale;
    const y = event.offsetY * scale;
    if (first) {
      context.strokeStyle = ink.peek();
      context.lineWidth = BRUSH;
      context.lineCap = context.lineJoin = "round";
      context.beginPath();
      context.moveTo(x, y);
    }
    context.lineTo(x + (first ? 0.01 : 0), y); // a line of no length is not drawn, not even its round ends
    context.stroke();
  };
  const done = () => canvas.current!.toBlob((blob) => blob !== null && onDone(blob), "image/png");
  const choose = (target: typeof ink, label: string, onPick = () => {}) => (
    <div class="swatches" role="group" aria-label={label}>
      <span class="hint">{label}</span>
      {["#ffffff", "#000000"].map((value) => (
        <button
          key={value}
          type="button"
          class={value === "#000000" ? "swatch black" : "swatch white"}
          aria-pressed={target.value === value}
          aria-label={`${label}: ${value === "#000000" ? "black" : "white"}`}
          onClick={() => {
            target.value = value;
            onPick();
          }}
        />
      ))}
      {colour && (
        <input
          type="color"
          aria-label={`${label}: any colour`}
          value={target.value}
          onInput={(event) => target.value = event.currentTarget.value}
          onChange={onPick}
        />
      )}
    </div>
  );

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
      <div class="row middle">
        {choose(ink, "Pen")}
        {choose(ground, "Background", clear)}
        <button type="button" class="chip" onClick={clear}>Clear</button>
      </div>
      <p class="hint">Draw here; the sliders follow each stroke. A new background starts afresh.</p>
    </div>
  );
}
