import { useEffect, useRef } from "preact/hooks";
import { PixelPainter } from "../lib/browser/pixels.ts";
import type { PixelImage } from "../lib/protocol.ts";

/** A picture of the protocol. With an empty label it is decoration, and its container has the label. */
export function PixelCanvas({ image, label }: { image: PixelImage; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => new PixelPainter(canvas.current!).paint(image), [image]);
  const naming = label === "" ? { "aria-hidden": true } : { role: "img", "aria-label": label } as const;
  return <canvas ref={canvas} class="crisp" width={image.width} height={image.height} {...naming} />;
}
