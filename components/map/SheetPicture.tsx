import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { MapSession } from "../../lib/browser/map/map_session.ts";
import { sheetCell } from "../../lib/browser/sheet.ts";

/** A test picture of a map; its container has the label. */
export function SheetPicture({ map, index }: { map: MapSession; index: number | undefined }) {
  const { width, height } = map.model.image;
  const canvas = useRef<HTMLCanvasElement>(null);
  const paint = () => {
    const sheet = map.sheet.value;
    if (index === undefined || sheet === undefined) return;
    const { x, y } = sheetCell(index, sheet.width, { width, height });
    canvas.current!.getContext("2d")!.drawImage(sheet, x, y, width, height, 0, 0, width, height);
  };
  useEffect(paint, [index]);
  useSignalEffect(paint);
  return <canvas ref={canvas} class="crisp" width={width} height={height} aria-hidden="true" />;
}
