/** A thread that decodes HEIC pictures, so that the main one goes on and a fault stays in here. */
/// <reference lib="deno.worker" />
import type { HeicAnswer } from "./heic.ts";

/** The part of libheif-js that is used here; it brings no types. */
interface LibHeif {
  HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[] };
}
interface HeifImage {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  display(target: { data: Uint8ClampedArray; width: number; height: number }, done: (image: unknown) => void): void;
  free(): void;
}

Object.assign(console, { log: () => {}, warn: () => {}, error: () => {} }); // the library prints what it can't parse

let library: Promise<LibHeif> | undefined;

self.onmessage = async ({ data }: MessageEvent<{ bytes: Uint8Array; maxPixels: number }>) => {
  const answer = await decode(data.bytes, data.maxPixels).catch((): HeicAnswer => "damaged");
  if (answer === "damaged") self.postMessage(answer);
  else self.postMessage(answer, [answer.data.buffer]);
};

async function decode(bytes: Uint8Array, maxPixels: number): Promise<HeicAnswer> {
  library ??= import("libheif-js/wasm-bundle.js").then((module) => module.default as LibHeif);
  const { HeifDecoder } = await library;
  const images = new HeifDecoder().decode(bytes);
  try {
    const image = images.find((candidate) => candidate.is_primary()) ?? images[0];
    if (image === undefined) return "damaged";
    const [width, height] = [image.get_width(), image.get_height()];
    if (width * height > maxPixels) return "damaged";
    const pixels = new Uint8ClampedArray(width * height * 4);
    const shown = await new Promise((resolve) => image.display({ data: pixels, width, height }, resolve));
    return shown ? { width, height, data: new Uint8Array(pixels.buffer) } : "damaged";
  } finally {
    for (const image of images) image.free();
  }
}
