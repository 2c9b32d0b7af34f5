/** Decoding many latents into sheets, which the browser decompresses off its main thread. */
import { MAX_PICTURES } from "../protocol.ts";
import { postJson } from "./requests.ts";

/** Lossy WebP is a fraction of the size; a shared board makes PNG alone. */
const SHEET_TYPES = "image/webp, image/png;q=0.5";

/** Rows of a sheet as a bitmap. */
export interface SheetRows {
  /** The first of these rows in the whole sheet. */
  readonly first: number;
  readonly rows: number;
  readonly bitmap: ImageBitmap;
}

/**
 * The pictures of some latents as a sheet, edge to edge, in as many parts as the API's limit makes of it.
 *
 * @param z one row per latent, a multiple of `columns`
 * @param columns pictures per row
 * @throws as `send` does
 */
export async function* decodeSheet(
  model: string,
  z: readonly (readonly number[])[],
  columns: number,
  signal: AbortSignal,
): AsyncGenerator<SheetRows> {
  const step = Math.floor(MAX_PICTURES / columns) * columns;
  for (let at = 0; at < z.length; at += step) {
    const part = z.slice(at, at + step);
    const init = { headers: { accept: SHEET_TYPES }, signal };
    const response = await postJson("/api/decode", { model, z: part, columns }, init);
    const bitmap = await createImageBitmap(await response.blob());
    signal.throwIfAborted();
    yield { first: at / columns, rows: part.length / columns, bitmap };
    bitmap.close();
  }
}
