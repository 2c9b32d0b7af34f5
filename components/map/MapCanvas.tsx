import { type ReadonlySignal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { MapSession } from "../../lib/browser/map/map_session.ts";
import { type PaintedMap, paintMap, paintMarks, pictureAt } from "../../lib/browser/map/painting.ts";
import { fitView, type MapSize, panView, type Place, toScreen, zoomView } from "../../lib/browser/map/view.ts";
import { IconButton } from "../Icon.tsx";
import { PointedPicture } from "./PointedPicture.tsx";

interface MapCanvasProps {
  readonly map: MapSession;
  /** Where the board's latents are; none on a map without a board. */
  readonly dot?: ReadonlySignal<ArrayLike<number> | undefined>;
  /** Pictures with a ring. */
  readonly rings?: ReadonlySignal<readonly number[]>;
  readonly onPick: (index: number) => void;
}

const WHEEL_FACTOR = 1.0015;
const BUTTON_FACTOR = 1.6;
const KEY_PIXELS = 60;
/** A press that moves less is a click. */
const CLICK_PIXELS = 4;

/** The map itself: drags pan, the wheel or two fingers zoom, a click picks a picture. */
export function MapCanvas({ map, dot, rings, onPick }: MapCanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const size = useSignal<MapSize | undefined>(undefined);
  const pointers = useRef(new Map<number, Place>()).current;
  const travelled = useRef(0);

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = frame.current!;
      if (width > 0 && height > 0) size.value = { width, height };
    });
    observer.observe(frame.current!);
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      zoom(WHEEL_FACTOR ** -event.deltaY, [event.offsetX, event.offsetY]);
    };
    frame.current!.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      observer.disconnect();
      frame.current?.removeEventListener("wheel", onWheel);
    };
  }, []);

  const painted = (): PaintedMap | undefined => {
    const [data, plane] = [map.map.value, map.plane.value];
    if (data === undefined || plane === undefined || size.value === undefined) return undefined;
    const view = map.view.value ?? fitView(plane.points, size.value);
    return { map: data, plane, view, size: size.value, hidden: map.hidden.value };
  };
  const zoom = (factor: number, at?: Place) => {
    const now = painted();
    if (now === undefined) return;
    const { plane, size, view } = now;
    const centre: Place = [size.width / 2, size.height / 2];
    map.view.value = zoomView(view, fitView(plane.points, size), size, at ?? centre, factor);
  };
  const pan = (dx: number, dy: number) => {
    const now = painted();
    if (now !== undefined) map.view.value = panView(now.view, dx, dy);
  };

  useSignalEffect(() => {
    const now = painted();
    if (now === undefined) return;
    const sheet = map.pictures.value ? map.sheet.value : undefined;
    return onNextFrame(() => {
      const zoom = now.view.scale / fitView(now.plane.points, now.size).scale;
      paintMap(contextOf(base.current!, now.size), now, sheet && { sheet, image: map.model.image, zoom });
    });
  });
  useSignalEffect(() => {
    const now = painted();
    if (now === undefined) return;
    const { plane, view, size } = now;
    const placeOf = (index: number) => toScreen(view, size, plane.points[index * 2]!, plane.points[index * 2 + 1]!);
    const z = dot?.value;
    const shown = {
      dot: z && toScreen(view, size, ...plane.place(z)),
      rings: rings?.value.map(placeOf) ?? [],
      pointed: map.pointed.value === undefined ? undefined : placeOf(map.pointed.value),
    };
    return onNextFrame(() => {
      paintMarks(contextOf(marks.current!, size), size, shown, themeOf(frame.current!));
      if (shown.dot !== undefined) frame.current!.dataset.dot = shown.dot.map(Math.round).join();
    });
  });

  const onPointerDown = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    travelled.current = 0;
  };
  const onPointerMove = (event: PointerEvent) => {
    const to: Place = [event.offsetX, event.offsetY];
    const from = pointers.get(event.pointerId);
    if (from === undefined) {
      const now = painted();
      map.pointed.value = now && pictureAt(now, to);
      return;
    }
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    travelled.current += distance(from, to);
    if (other !== undefined) zoom(distance(other, to) / (distance(other, from) || 1), other);
    else if (travelled.current > CLICK_PIXELS) pan(to[0] - from[0], to[1] - from[1]);
    pointers.set(event.pointerId, to);
  };
  const onPointerUp = (event: PointerEvent) => {
    const at = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    const now = painted();
    if (at === undefined || now === undefined || travelled.current > CLICK_PIXELS) return;
    const index = pictureAt(now, at);
    map.pointed.value = index;
    if (index !== undefined) onPick(index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = {
      ArrowLeft: () => pan(KEY_PIXELS, 0),
      ArrowRight: () => pan(-KEY_PIXELS, 0),
      ArrowUp: () => pan(0, KEY_PIXELS),
      ArrowDown: () => pan(0, -KEY_PIXELS),
      "+": () => zoom(BUTTON_FACTOR),
      "-": () => zoom(1 / BUTTON_FACTOR),
      "0": () => map.view.value = undefined,
    }[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };

  return (
    <div class="map" ref={frame}>
      <canvas ref={base} aria-hidden="true" />
      <canvas
        ref={marks}
        role="img"
        tabIndex={0}
        aria-label="Map of the latent space: each point is a test picture, coloured by its class. Arrow keys move it, plus and minus zoom, 0 shows all"
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={(event) => pointers.delete(event.pointerId)}
        onPointerLeave={() => map.pointed.value = undefined}
        onKeyDown={onKeyDown}
      />
      <div class="map-zoom" role="group" aria-label="Zoom">
        <IconButton icon="plus" label="Zoom in" onClick={() => zoom(BUTTON_FACTOR)} />
        <IconButton icon="minus" label="Zoom out" onClick={() => zoom(1 / BUTTON_FACTOR)} />
        <IconButton icon="fit" label="Show all" onClick={() => map.view.value = undefined} />
      </div>
      <PointedPicture map={map} />
    </div>
  );
}

const distance = (a: Place, b: Place) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Paints with the next frame; returns what calls that off. */
function onNextFrame(paint: () => void): () => void {
  const request = requestAnimationFrame(paint);
  return () => cancelAnimationFrame(request);
}

/** The context of a canvas that fills its map, in CSS pixels. */
function contextOf(canvas: HTMLCanvasElement, { width, height }: MapSize): CanvasRenderingContext2D {
  const ratio = Math.min(2, devicePixelRatio);
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  const context = canvas.getContext("2d")!;
  context.setTransform(across / width, 0, 0, down / height, 0, 0);
  return context;
}

function themeOf(element: Element) {
  const style = getComputedStyle(element);
  return { ink: style.color, accent: style.accentColor, paper: style.backgroundColor };
}
