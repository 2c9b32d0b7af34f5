/** The size, colours and fit that a set of pictures has by itself. */
import { checkPicture } from "../../imaging/mod.ts";
import type { SourceFile } from "./files.ts";

/** What is chosen before pictures are decoded. */
export interface ChosenShape {
  readonly imageSize: number;
  readonly fit: "cover" | "contain";
}

/** Files whose headers are looked at: the median of so many is that of the set. */
const SAMPLE = 256;
/** Pictures are shrunk to this side unless they are smaller: what a network of the default size learns in minutes. */
const MAX_CHOSEN_SIZE = 64;
/** Square pictures of one size up to this keep it. */
const MAX_OWN_SIZE = 128;
const MIN_SIZE = 8;
/** Pictures that are mostly longer than this lose too much by cropping to a square. */
const MAX_COVERED_ASPECT = 2;

/** Chooses what the options leave open: the median of the shorter sides up to 64, and `contain` for long pictures. */
export async function chooseShape(
  files: readonly SourceFile[],
  options: { readonly imageSize?: number | undefined; readonly fit?: "cover" | "contain" | undefined },
): Promise<ChosenShape> {
  const { imageSize, fit } = options;
  if (imageSize !== undefined && fit !== undefined) return { imageSize, fit };
  const step = Math.max(1, files.length / SAMPLE);
  const sides: number[] = [];
  const aspects: number[] = [];
  for (let at = 0; at < files.length; at += step) {
    try {
      const { width, height } = checkPicture(await files[Math.floor(at)]!.read());
      sides.push(Math.min(width, height));
      aspects.push(Math.max(width, height) / Math.min(width, height));
    } catch {
      continue; // a broken file says nothing; it is listed when it is decoded
    }
  }
  const side = median(sides) ?? MAX_CHOSEN_SIZE;
  const aspect = median(aspects) ?? 1;
  const isOneSquare = sides[0] === sides.at(-1) && aspects.at(-1) === 1;
  return {
    imageSize: imageSize ?? Math.max(MIN_SIZE, chooseSize(side, isOneSquare)),
    fit: fit ?? chooseFit(aspect),
  };
}

/** Size and fit of pictures that are arrays already; a fit only where they are not square. */
export function ownShape({ height, width }: { readonly height: number; readonly width: number }) {
  const side = Math.min(height, width);
  const size = chooseSize(side, height === width);
  return { size, ...(height === width ? {} : { fit: chooseFit(Math.max(height, width) / side) }) };
}

function chooseSize(side: number, isOneSquare: boolean): number {
  return Math.min(isOneSquare && side <= MAX_OWN_SIZE ? side : MAX_CHOSEN_SIZE, side);
}

function chooseFit(aspect: number): "cover" | "contain" {
  return aspect > MAX_COVERED_ASPECT ? "contain" : "cover";
}

function median(values: number[]): number | undefined {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

/** A set is coloured when more than this share of its pictures is. */
const MIN_COLOUR_SHARE = 0.05;

/** Grey or colour for a whole set, and what was chosen where it is mixed. */
export function chooseChannels(grey: number, total: number): { channels: 1 | 3; note?: string } {
  const colour = total - grey;
  const channels = colour > MIN_COLOUR_SHARE * total ? 3 : 1;
  if (grey === 0 || colour === 0) return { channels };
  const [chosen, option] = channels === 3
    ? ["colour", "--channels 1 makes all grey"]
    : ["grey", "--channels 3 keeps colours"];
  const counts = `${colour.toLocaleString("en")} of ${total.toLocaleString("en")} pictures are in colour`;
  return { channels, note: `${counts}, the others grey: all are taken as ${chosen}, ${option}` };
}
