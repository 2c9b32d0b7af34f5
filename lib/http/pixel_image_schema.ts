/** The schema of a picture as raw pixels, which several responses hold. */
import { z } from "zod";

const side = z.int().min(0);

/** 1 is grey, 3 is red, green and blue. */
export const channels = z.union([z.literal(1), z.literal(3)]);

/** A `PixelImage`. */
export const pixelImage = z.strictObject({
  width: side,
  height: side,
  channels,
  data: z.base64().meta({ description: "height × width × channels bytes, row by row, 0 to 255" }),
});
