/** Some pictures of a source beside what training will see of them. */
import { evenlySpacedIndices, loadDataset, type LoadOptions, locate, NAMED_SOURCES } from "../dataset/mod.ts";
import { listFolder } from "../dataset/pictures/files.ts";
import { chooseChannels, chooseShape } from "../dataset/pictures/shape.ts";
import { LatentboardError } from "../errors.ts";
import { type Bitmap, checkPicture, decodeFitted, decodeUpload, fitBitmap, splitBitmaps } from "../imaging/mod.ts";
import type { PreviewRequest } from "../protocol_runs.ts";
import { examinePicture } from "./picture.ts";

/** Pictures beside each other: `originals[i]` became `fitted[i]`. */
export interface Preview {
  readonly originals: readonly Bitmap[];
  readonly fitted: readonly Bitmap[];
}

/** An original is shrunk so that no side is longer, pixels. */
const ORIGINAL_SIDE = 256;
const DEFAULT_COUNT = 8;

/**
 * Fits some pictures of a source, spread evenly over it, as training does.
 *
 * @param request the source, which was checked, and the shape
 * @param places the home and the shipped data folder
 * @throws {LatentboardError} `unsupported` for a source that is neither a known dataset nor a folder of pictures
 */
export async function previewSource(
  request: PreviewRequest,
  places: { readonly home: string; readonly data: string },
): Promise<Preview> {
  const { source, count = DEFAULT_COUNT } = request;
  const { path } = await locate(source, places);
  const isFolder = (await Deno.stat(path)).isDirectory;
  if (NAMED_SOURCES.includes(source) && source !== "emoji") return await previewArrays(request, places, count);
  if (!isFolder) {
    throw new LatentboardError("unsupported", "Only folders of pictures and known datasets can be previewed", {
      field: "source",
    });
  }
  const listing = await listFolder(path);
  try {
    const { imageSize, fit } = await chooseShape(listing.pictures, request);
    const size = { width: imageSize, height: imageSize };
    const originals: Bitmap[] = [];
    const coloured: Bitmap[] = [];
    let grey = 0;
    for (const index of evenlySpacedIndices(listing.pictures.length, count)) {
      const bytes = await listing.pictures[index]!.read();
      try {
        const original = await originalOf(bytes);
        const data = await decodeFitted(bytes, checkPicture(bytes), { ...size, fit });
        if ((await examinePicture(bytes)).grey) grey++;
        originals.push(original);
        coloured.push({ ...size, channels: 3, data });
      } catch (error) {
        if (!(error instanceof LatentboardError)) throw error; // a damaged one is passed over, as training does
      }
    }
    const { channels } = request.channels === undefined
      ? chooseChannels(grey, coloured.length)
      : { channels: request.channels };
    const fitted = await Promise.all(coloured.map((bitmap) => fitBitmap(bitmap, { ...size, channels })));
    return { originals, fitted };
  } finally {
    listing.close();
  }
}

async function previewArrays(
  { source, imageSize, channels, fit }: PreviewRequest,
  places: { readonly home: string; readonly data: string },
  count: number,
): Promise<Preview> {
  const load = async (shape: Pick<LoadOptions, "imageSize" | "channels" | "fit">) => {
    const dataset = await loadDataset(source, { ...places, ...shape });
    try {
      const { train } = dataset;
      return splitBitmaps(train.readBatch(evenlySpacedIndices(train.count, count)), train);
    } finally {
      dataset.close();
    }
  };
  return {
    originals: await load({}),
    fitted: await load({ imageSize, channels, fit }),
  };
}

async function originalOf(bytes: Uint8Array): Promise<Bitmap> {
  const { type, width, height } = checkPicture(bytes);
  if (type === "png" || type === "jpeg" || type === "webp") {
    const decoded = await decodeUpload(bytes, { maxSide: ORIGINAL_SIDE });
    return await fitBitmap(decoded, { width: decoded.width, height: decoded.height, channels: 3 });
  }
  const scale = Math.min(1, ORIGINAL_SIDE / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  return { ...size, channels: 3, data: await decodeFitted(bytes, checkPicture(bytes), size) };
}
