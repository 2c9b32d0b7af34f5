/** Frames as MP4 or WebM, by the browser's own encoder (WebCodecs). */
import {
  BufferTarget,
  CanvasSource,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  QUALITY_VERY_HIGH,
  WebMOutputFormat,
} from "mediabunny";
import type { PixelImage } from "../protocol.ts";
import { PixelPainter } from "./pixels.ts";
import { enlarge } from "./scaled_png.ts";

/** The kinds of video. */
export type VideoKind = "mp4" | "webm";

/**
 * Encodes a video.
 *
 * @param frames of one size
 * @param options frames per second; the side of the square that a pixel becomes, even, since encoders take even sizes
 * @throws {Error} when the browser encodes no codec that fits into the file
 */
export async function encodeVideo(
  kind: VideoKind,
  frames: readonly PixelImage[],
  { fps, scale }: { readonly fps: number; readonly scale: number },
): Promise<Blob> {
  const painter = new PixelPainter(document.createElement("canvas"));
  painter.paint(frames[0]!);
  const canvas = enlarge(painter.canvas, scale);
  const format = kind === "mp4" ? new Mp4OutputFormat() : new WebMOutputFormat();
  const size = { width: canvas.width, height: canvas.height };
  const codec = await getFirstEncodableVideoCodec(format.getSupportedVideoCodecs(), size);
  if (codec === null) {
    throw new Error(`This browser encodes no ${kind === "mp4" ? "MP4" : "WebM"}: choose another file`);
  }
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const source = new CanvasSource(canvas, { codec, bitrate: QUALITY_VERY_HIGH });
  output.addVideoTrack(source, { frameRate: fps });
  await output.start();
  for (const [index, frame] of frames.entries()) {
    painter.paint(frame);
    enlarge(painter.canvas, scale, canvas);
    await source.add(index / fps, 1 / fps);
  }
  await output.finalize();
  return new Blob([target.buffer!], { type: `video/${kind}` });
}
