/** Training and validation parts, and the choice of classes. */
import { LatentboardError } from "../errors.ts";
import { type ImageSet, subset } from "./image_set.ts";
import { RandomStream, RandomUse } from "./random.ts";

/** Fewer pictures than this are not split: there is nothing to learn from. */
export const MIN_PICTURES = 10;

/** Which pictures train and which are held out. */
export interface Split {
  /** Places of the training pictures, ascending. */
  readonly train: Uint32Array;
  /** Places of the held-out pictures, ascending. */
  readonly validation: Uint32Array;
}

/**
 * Draws a held-out part. Each label gives the same share, so that rare ones are in both parts.
 *
 * @param set the pictures; labels are used where there are any
 * @param options `fraction` is the held-out share, above 0 and below 1; `seed` keys the draw
 * @returns places in the set; a function of labels, count, fraction and seed alone
 * @throws {RangeError} when the fraction is out of range
 */
export function splitPlaces(
  set: Pick<ImageSet, "count" | "labels">,
  options: { readonly fraction: number; readonly seed: number },
): Split {
  const { fraction, seed } = options;
  if (!(fraction > 0 && fraction < 1)) {
    throw new RangeError(`Cannot hold out a share of ${fraction}: it must lie between 0 and 1`);
  }
  const random = new RandomStream(seed, RandomUse.split);
  const shuffled = random.shuffle(Uint32Array.from({ length: set.count }, (_, place) => place));
  const { labels } = set;
  if (labels !== undefined) shuffled.sort((a, b) => labels[a]! - labels[b]!); // stable: random within each label
  const heldOut = new Uint8Array(set.count);
  const wanted = Math.min(Math.max(Math.round(set.count * fraction), 1), set.count - 1);
  for (let i = 0; i < wanted; i++) heldOut[shuffled[Math.floor((i + 0.5) * set.count / wanted)]!] = 1;
  const places = Array.from({ length: set.count }, (_, place) => place);
  return {
    train: Uint32Array.from(places.filter((place) => heldOut[place] === 0)),
    validation: Uint32Array.from(places.filter((place) => heldOut[place] === 1)),
  };
}

/**
 * Keeps the pictures of some classes.
 *
 * @param set the pictures
 * @param classes names of labels, in any case; their order becomes that of the labels
 * @returns a view with these pictures and labels
 * @throws {LatentboardError} kind `invalid` when the pictures have no labels, or none of that name
 */
export function chooseClasses(set: ImageSet, classes: readonly string[]): ImageSet {
  const { labels, labelNames } = set;
  if (labels === undefined) {
    throw new LatentboardError("invalid", `Cannot choose classes of "${set.name}": its pictures have no labels`, {
      field: "classes",
    });
  }
  const chosen = [...new Set(classes.map((name) => findName(labelNames, name, set.name)))];
  const places = Uint32Array.from([...labels.keys()].filter((place) => chosen.includes(labels[place]!)));
  return subset(set, places, {
    labels: Uint8Array.from(places, (place) => chosen.indexOf(labels[place]!)),
    labelNames: chosen.map((label) => labelNames[label]!),
  });
}

function findName(names: readonly string[], wanted: string, set: string): number {
  const plain = (name: string) => name.trim().toLowerCase();
  const found = names.findIndex((name) => plain(name) === plain(wanted));
  if (found >= 0) return found;
  throw new LatentboardError("invalid", `"${set}" has no class "${wanted}": choose from ${names.join(", ")}`, {
    field: "classes",
  });
}
