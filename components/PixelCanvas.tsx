import { useEffect, useRef } from "preact/hooks";
import { PixelPainter } from "../lib/browser/pixels.ts";
import type { PixelImage } from "../lib/protocol.ts";

/** A picture of the protocol, crisp at any size. */
export function PixelCanvas({ image, label }: { image: PixelImage; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => new PixelPainter(canvas.current!).paint(image), [image]);
  return <canvas ref={canvas} class="crisp" width={image.width} height={image.height} role="img" aria-label={label} />;
}
