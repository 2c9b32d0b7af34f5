/** Picture files fitted to a model by the browser's own decoder. */
import { fitBitmap } from "../../imaging/fit.ts";

/** A picture's shape. */
export interface PictureShape {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/**
 * Decodes a picture file and fits it to a model: scaled to cover the shape, what stands over cut off, transparency over
 * white. Scaling is the browser's, so pixels can differ a little from the server's.
 *
 * @returns `[height, width, channels]`, 0 to 255
 * @throws {TypeError} when the browser can't decode the file
 */
export async function fitPicture(picture: Blob, shape: PictureShape): Promise<Uint8Array> {
  const { width, height } = shape;
  const bitmap = await createImageBitmap(picture).catch((cause) => {
    throw new TypeError("This picture can't be read: give a PNG, JPEG or WebP", { cause });
  });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  const scale = Math.max(width / bitmap.width, height / bitmap.height);
  const [drawnWidth, drawnHeight] = [bitmap.width * scale, bitmap.height * scale];
  context.drawImage(bitmap, (width - drawnWidth) / 2, (height - drawnHeight) / 2, drawnWidth, drawnHeight);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return (await fitBitmap({ width, height, channels: 4, data: new Uint8Array(data.buffer) }, shape)).data;
}
