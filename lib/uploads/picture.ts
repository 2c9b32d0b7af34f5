/** What is known of an uploaded picture once it was decoded. */
import { LatentboardError } from "../errors.ts";
import { checkPicture, decodeFitted, type PictureType } from "../imaging/mod.ts";
import { sha256Hex } from "../system/files.ts";

/** A picture of an uploaded dataset. */
export interface PictureRecord {
  /** Unique in its dataset. */
  readonly id: string;
  /** Its file within the dataset, with `/` between folders. */
  readonly file: string;
  /** Its folder's name; empty without one. */
  readonly label: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly grey: boolean;
  readonly transparent: boolean;
  /** Mean colour, 0 to 255. */
  readonly mean: readonly [red: number, green: number, blue: number];
}

/** What the bytes of a picture say. */
export type PictureFacts = Omit<PictureRecord, "id" | "file" | "label"> & { readonly type: PictureType };

/** What a picture is decoded to, to see that it is whole and which colours it has. */
const SIDE = 32;

/** Channels that differ by no more than this are grey: JPEG rounds. */
const GREY_TOLERANCE = 8;

/**
 * Decodes a picture to see that it is whole, and measures it.
 *
 * @param bytes the file
 * @throws {LatentboardError} `unsupported`, `damaged` or `too-large`
 */
export async function examinePicture(bytes: Uint8Array): Promise<PictureFacts> {
  if (bytes.length === 0) throw new LatentboardError("damaged", "Cannot read an empty file: send it again");
  const header = checkPicture(bytes);
  const pixels = await decodeFitted(bytes, header, { width: SIDE, height: SIDE });
  const sums: [number, number, number] = [0, 0, 0];
  let grey = true;
  for (let at = 0; at < pixels.length; at += 3) {
    const [red, green, blue] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    sums[0] += red;
    sums[1] += green;
    sums[2] += blue;
    grey &&= Math.max(red, green, blue) - Math.min(red, green, blue) <= GREY_TOLERANCE;
  }
  const { width, height, type } = header;
  const mean = sums.map((sum) => Math.round(sum / SIDE ** 2)) as [number, number, number];
  const transparent = mayBeTransparent(bytes, type);
  return { sha256: sha256Hex(bytes), bytes: bytes.length, width, height, grey, transparent, mean, type };
}

/** Whether a file's header declares an alpha channel. */
function mayBeTransparent(bytes: Uint8Array, type: PictureType): boolean {
  if (type === "png") return bytes[25] === 4 || bytes[25] === 6;
  return type === "webp" && bytes[15] === 0x58 && (bytes[20]! & 0x10) !== 0; // VP8X
}
