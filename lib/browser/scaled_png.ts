/** Pictures as PNG files, enlarged by whole factors without smoothing. */
import { postJson } from "./requests.ts";

/**
 * A picture whose pixels are squares of `scale` × `scale`.
 *
 * @param canvas where it is drawn
 */
export function enlarge(
  source: HTMLCanvasElement | ImageBitmap,
  scale: number,
  canvas: HTMLCanvasElement = document.createElement("canvas"),
): HTMLCanvasElement {
  canvas.width = source.width * scale;
  canvas.height = source.height * scale;
  const context = canvas.getContext("2d")!;
  context.imageSmoothingEnabled = false;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** A canvas as a PNG file. */
export function toPng(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => blob === null ? reject(new Error("The browser can't make a PNG of it")) : resolve(blob))
  );
}

/**
 * The picture of some latents as a PNG file. At scale 1 it carries its recipe, as a saved picture does.
 *
 * @throws as `send` does
 */
export async function decodePng(model: string, z: readonly number[], scale: number): Promise<Blob> {
  const response = await postJson("/api/decode", { model, z }, { headers: { accept: "image/png" } });
  const png = await response.blob();
  if (scale === 1) return png;
  const bitmap = await createImageBitmap(png);
  const enlarged = enlarge(bitmap, scale);
  bitmap.close();
  return await toPng(enlarged);
}
