import { useEffect, useRef } from "preact/hooks";
import { useSignalEffect } from "@preact/signals";
import type { Interpolation } from "../../lib/browser/interpolation.ts";
import { PixelPainter } from "../../lib/browser/pixels.ts";
import { CheckField, RangeField, SelectField } from "../fields.tsx";
import { Icon } from "../Icon.tsx";

/** {@linkcode MAX_FRAMES} of this width stay below 16384 pixels, the widest canvas that every browser supports. */
const MAX_CELL_WIDTH = 56;

interface PlayerProps {
  readonly strip: Interpolation;
  readonly image: { readonly width: number; readonly height: number };
}

/** The strip's frames: one large, all as a filmstrip, and playback. */
export function Player({ strip, image }: PlayerProps) {
  const screen = useRef<HTMLCanvasElement>(null);
  const film = useRef<HTMLCanvasElement>(null);
  const cell = Math.min(MAX_CELL_WIDTH, image.width);

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

  const place = `Frame ${strip.position.value + 1} of ${strip.received.value}`;
  const show = (position: number) => {
    strip.playing.value = false;
    strip.position.value = Math.min(position, strip.received.peek() - 1);
  };
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
        <RangeField
          id="strip-position"
          label={place}
          text={place}
          min={0}
          max={Math.max(0, strip.received.value - 1)}
          value={strip.position.value}
          onNumber={show}
        />
        <div class="row middle">
          <button type="button" disabled={strip.received.value < 2} onClick={play}>
            <Icon name={strip.playing.value ? "pause" : "play"} />
            {strip.playing.value ? "Pause" : "Play"}
          </button>
          <CheckField label="Loop" checked={strip.loop.value} onCheck={(loop) => strip.loop.value = loop} />
          <SelectField
            id="strip-speed"
            label="Speed"
            value={String(strip.speed.value)}
            options={[6, 12, 24, 48].map((speed) => [String(speed), `${speed} fps`])}
            onSelect={(value) => strip.speed.value = Number(value)}
          />
        </div>
        <div class="filmstrip" tabIndex={0} role="group" aria-label="All frames side by side">
          <canvas
            ref={film}
            class="crisp"
            width={1}
            height={1}
            aria-hidden="true"
            title="Click on a frame to show it"
            onClick={(event) => show(Math.floor(event.offsetX / event.currentTarget.clientWidth * strip.total.peek()))}
          />
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
