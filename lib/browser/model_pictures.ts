/** A model's pictures as sheets: test pictures over their reconstructions, and samples. */
import { parseLatentMap } from "../latent/map.ts";
import { MAX_SEED, type SampleRequest, type SamplerName } from "../protocol.ts";
import { decodeSheet } from "./decoding.ts";
import { sheetCell } from "./sheet.ts";
import { postJson, send } from "./requests.ts";
import type { MapLinks } from "./test_pictures.ts";

/** What is needed of a model to show its pictures. */
export interface PicturedModel {
  readonly name: string;
  readonly latentDim: number;
  readonly image: { readonly width: number; readonly height: number };
  /** Absent for a model without test pictures. */
  readonly map?: MapLinks | undefined;
}

/** Pictures per row. */
export const SHEET_COLUMNS = 8;

/**
 * Draws test pictures, taken evenly from the model's map, and below each its reconstruction.
 *
 * @throws as `send` does
 */
export async function drawReconstructions(
  { name, latentDim, image, map }: PicturedModel & { readonly map: MapLinks },
  canvas: HTMLCanvasElement,
  signal: AbortSignal,
): Promise<void> {
  const [data, sheetResponse] = await Promise.all([send(map.data, { signal }), send(map.sheet, { signal })]);
  const { count, latents } = parseLatentMap(new Uint8Array(await data.arrayBuffer()), latentDim);
  const sheet = await createImageBitmap(await sheetResponse.blob());
  const columns = Math.min(SHEET_COLUMNS, count);
  const chosen = Array.from({ length: columns }, (_, i) => Math.floor((i + 0.5) * count / columns));
  const { width, height } = image;
  canvas.width = columns * width;
  canvas.height = 2 * height;
  const context = canvas.getContext("2d")!;
  for (const [column, index] of chosen.entries()) {
    const { x, y } = sheetCell(index, sheet.width, image);
    context.drawImage(sheet, x, y, width, height, column * width, 0, width, height);
  }
  sheet.close();
  const z = chosen.map((index) => [...latents.subarray(index * latentDim, (index + 1) * latentDim)]);
  for await (const { bitmap } of decodeSheet(name, z, columns, signal)) context.drawImage(bitmap, 0, height);
}

/**
 * Two rows of samples as a PNG.
 *
 * @throws as `send` does
 */
export async function drawSamples(
  model: string,
  options: { readonly seed: number; readonly sampler: SamplerName; readonly signal: AbortSignal },
): Promise<Blob> {
  const { seed, sampler, signal } = options;
  const request: SampleRequest = { model, seed, sampler, count: 2 * SHEET_COLUMNS, columns: SHEET_COLUMNS };
  return await (await postJson("/api/sample", request, { headers: { accept: "image/png" }, signal })).blob();
}

/** The seed after this one, for another draw. */
export function nextSeed(seed: number): number {
  return seed < MAX_SEED ? seed + 1 : 0;
}
