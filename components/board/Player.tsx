import { useEffect, useRef } from "preact/hooks";
import { useComputed, useSignalEffect } from "@preact/signals";
import type { Interpolation } from "../../lib/browser/interpolation.ts";
import { PixelPainter } from "../../lib/browser/pixels.ts";
import { Icon } from "../Icon.tsx";

/** Every browser can hold a film of 16384 pixels in one canvas; {@linkcode MAX_FRAMES} cells of this width stay below. */
const MOST_CELL = 56;

interface PlayerProps {
  readonly strip: Interpolation;
  readonly image: { readonly width: number; readonly height: number };
}

/** The strip's frames: one large, all of them as a film, and how they run. */
export function Player({ strip, image }: PlayerProps) {
  const screen = useRef<HTMLCanvasElement>(null);
  const film = useRef<HTMLCanvasElement>(null);
  const cell = Math.min(MOST_CELL, image.width);

  useEffect(() => {
    const scratch = new PixelPainter(document.createElement("canvas"));
    const draw = (index: number) => {
      const canvas = film.current!;
      if (index === 0) {
        canvas.width = cell * strip.total.peek();
        canvas.height = Math.round(cell * image.height / image.width);
      }
      scratch.paint(strip.picture(index)!);
      canvas.getContext("2d")!.drawImage(scratch.canvas, index * cell, 0, cell, canvas.height);
    };
    for (let index = 0; index < strip.received.peek(); index++) draw(index);
    strip.onFrame = draw;
    return () => {
      strip.onFrame = () => {};
    };
  }, []);

  const painter = useRef<PixelPainter | undefined>(undefined);
  useSignalEffect(() => {
    void strip.received.value;
    const picture = strip.picture(strip.position.value);
    if (picture === undefined || screen.current === null) return;
    painter.current ??= new PixelPainter(screen.current);
    painter.current.paint(picture);
  });

  useSignalEffect(() => {
    if (!strip.playing.value) return;
    let animation = 0;
    let last = performance.now();
    let owed = 0;
    const tick = (now: number) => {
      owed += (now - last) / 1000 * strip.speed.peek();
      last = now;
      const steps = Math.floor(owed);
      owed -= steps;
      if (steps > 0) advance(strip, steps);
      if (strip.playing.peek()) animation = requestAnimationFrame(tick);
    };
    animation = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(animation);
  });

  const place = useComputed(() => `Frame ${strip.position.value + 1} of ${strip.received.value}`);
  const play = () => {
    if (!strip.playing.peek() && strip.position.peek() >= strip.received.peek() - 1) strip.position.value = 0;
    strip.playing.value = !strip.playing.peek();
  };
  return (
    <div class="player">
      <div class="picture">
        <canvas ref={screen} width={image.width} height={image.height} role="img" aria-label={place} />
      </div>
      <div class="controls">
        {strip.running.value && (
          <progress aria-label="Frames decoded" value={strip.received.value} max={strip.total.value} />
        )}
        <div class="field">
          <label for="strip-position">{place}</label>
          <input
            id="strip-position"
            type="range"
            min={0}
            max={Math.max(0, strip.received.value - 1)}
            step={1}
            value={strip.position}
            aria-valuetext={place}
            onInput={(event) => {
              strip.playing.value = false;
              strip.position.value = event.currentTarget.valueAsNumber;
            }}
          />
        </div>
        <div class="row middle">
          <button type="button" disabled={strip.received.value < 2} onClick={play}>
            <Icon name={strip.playing.value ? "pause" : "play"} />
            {strip.playing.value ? "Pause" : "Play"}
          </button>
          <label class="check">
            <input
              type="checkbox"
              checked={strip.loop.value}
              onChange={(event) => strip.loop.value = event.currentTarget.checked}
            />{" "}
            Loop
          </label>
          <div class="field inline">
            <label for="strip-speed">Speed</label>
            <select
              id="strip-speed"
              value={String(strip.speed.value)}
              onChange={(event) => strip.speed.value = Number(event.currentTarget.value)}
            >
              {[6, 12, 24, 48].map((speed) => <option key={speed} value={String(speed)}>{speed} a second</option>)}
            </select>
          </div>
        </div>
        <div class="filmstrip" tabIndex={0} role="group" aria-label="All frames side by side">
          <canvas ref={film} class="crisp" width={1} height={1} aria-hidden="true" />
        </div>
      </div>
    </div>
  );
}

function advance(strip: Interpolation, steps: number): void {
  const count = strip.received.peek();
  const next = strip.position.peek() + steps;
  if (next < count) {
    strip.position.value = next;
  } else if (strip.loop.peek()) {
    strip.position.value = next % count;
  } else {
    strip.position.value = count - 1;
    strip.playing.value = false;
  }
}
