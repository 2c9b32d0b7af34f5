/** Encodes an uploaded picture. */
import { LatentboardError } from "../errors.ts";
import { readRecipe } from "../gallery/mod.ts";
import { decodeUpload, fitBitmap, meanSquaredError, readPngText } from "../imaging/mod.ts";
import { type ModelPool, pictureOf } from "../inference/mod.ts";
import { log } from "../log.ts";
import { pictureFit } from "../model/mod.ts";
import type { EncodeResponse } from "../protocol.ts";
import { pixelImage } from "./pictures.ts";

/** Pictures are shrunk to this while they are unpacked: no model takes more pixels a side. */
const MAX_SIDE = 1024;

/** Pictures that are unpacked at once, and those that may wait for it. */
const MAX_UNPACKING = 2;
const MAX_WAITING = 8;

let unpacking = 0;
const waiting: (() => void)[] = [];

/**
 * Fits an uploaded picture to a model, encodes it, and decodes its mean.
 *
 * @param bytes a PNG, JPEG or WebP
 * @param asked `cover` cuts what is too much, `contain` adds margins; as the model's own pictures were by default
 * @throws {LatentboardError} `unsupported`, `too-large` or `damaged` for the picture, `not-found` for the model,
 * `unavailable` when too many pictures are being read
 */
export async function encodePicture(
  models: ModelPool,
  model: string,
  bytes: Uint8Array,
  asked?: "cover" | "contain",
): Promise<EncodeResponse> {
  const document = await models.document(model);
  const { image } = document;
  const fit = asked ?? pictureFit(document);
  const fitted = await limitUnpacking(async () =>
    fitBitmap(await decodeUpload(bytes, { maxSide: MAX_SIDE }), { ...image, fit })
  );
  const recipe = recipeOf(bytes);
  return await models.use(model, async (runtime) => {
    const { mu, logvar } = await runtime.encode(fitted.data, 1);
    const decoded = await runtime.decode(mu, 1);
    const pixels = pictureOf(decoded, 0);
    return {
      model,
      mu: Array.from(mu),
      logvar: Array.from(logvar),
      fitted: pixelImage(image, fitted.data),
      reconstruction: pixelImage(decoded, pixels),
      mse: meanSquaredError(fitted.data, pixels),
      ...(recipe === undefined ? {} : { recipe }),
    };
  });
}

/** The recipe in a PNG of ours. A broken one is no reason to refuse its picture. */
function recipeOf(bytes: Uint8Array): EncodeResponse["recipe"] {
  try {
    const recipe = readRecipe(readPngText(bytes));
    return recipe && { ...recipe, z: Array.from(recipe.z) };
  } catch (error) {
    if (!(error instanceof LatentboardError)) throw error;
    log.debug("The recipe of an uploaded picture can't be read", { error });
    return undefined;
  }
}

async function limitUnpacking<T>(work: () => Promise<T>): Promise<T> {
  if (unpacking < MAX_UNPACKING) {
    unpacking++;
  } else if (waiting.length < MAX_WAITING) {
    await new Promise<void>((resolve) => waiting.push(resolve)); // takes over the place of one that is done
  } else {
    throw new LatentboardError("unavailable", "Too many pictures are being read: try again in a moment");
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) unpacking--;
    else next();
  }
}
