/** What a run remembers of its pictures, so that it notices when they are others. */
import { createHash } from "node:crypto";
import type { SplitName } from "./binarize.ts";
import type { ImageSet } from "./image_set.ts";

/** Pictures of one class, over all parts. */
export interface ClassFingerprint {
  readonly count: number;
  /** Of their pixels in any order, hexadecimal. */
  readonly digest: string;
}

/** All pictures as they are learned. */
export interface DataFingerprint {
  /** SHA-256 of the pixels and labels of all parts in their order, hexadecimal. */
  readonly sha256: string;
  /** By class; the empty name stands for pictures without labels. */
  readonly classes: Readonly<Record<string, ClassFingerprint>>;
}

const SPLITS: readonly SplitName[] = ["train", "validation", "test"];
const AT_ONCE = 256;

/**
 * Reads every picture once.
 *
 * @param signal stops it
 */
export function fingerprintData(
  parts: Readonly<Partial<Record<SplitName, ImageSet>>>,
  signal?: AbortSignal,
): DataFingerprint {
  const whole = createHash("sha256");
  const classes = new Map<string, { count: number; sum: bigint }>();
  for (const split of SPLITS) {
    const set = parts[split];
    if (set === undefined) continue;
    const { count, height, width, channels, labels, labelNames } = set;
    whole.update(JSON.stringify([split, count, height, width, channels]));
    const size = height * width * channels;
    for (let start = 0; start < count; start += AT_ONCE) {
      signal?.throwIfAborted();
      const places = Array.from({ length: Math.min(AT_ONCE, count - start) }, (_, i) => start + i);
      const pixels = set.readBatch(places);
      for (const [i, place] of places.entries()) {
        const name = labels === undefined ? "" : labelNames[labels[place]!]!;
        const digest = createHash("sha1").update(pixels.subarray(i * size, (i + 1) * size)).digest();
        const { count, sum } = classes.get(name) ?? { count: 0, sum: 0n };
        classes.set(name, { count: count + 1, sum: BigInt.asUintN(64, sum + digest.readBigUInt64LE()) });
        whole.update(digest).update(name);
      }
    }
  }
  return {
    sha256: whole.digest("hex"),
    classes: Object.fromEntries(
      [...classes].map(([name, { count, sum }]) => [name, { count, digest: sum.toString(16).padStart(16, "0") }]),
    ),
  };
}

const NAMED = 3;

/**
 * What differs between two states of one dataset, for people.
 *
 * @returns such as `2 pictures of "cat" are gone, "dog" is new (40 pictures)`; undefined where nothing differs
 */
export function describeDataChange(before: DataFingerprint, after: DataFingerprint): string | undefined {
  if (before.sha256 === after.sha256) return undefined;
  const names = [...new Set([...Object.keys(before.classes), ...Object.keys(after.classes)])];
  const changes = names.flatMap((name) => describeClass(name, before.classes[name], after.classes[name]));
  if (changes.length === 0) return "the same pictures are in another order or divided otherwise";
  const rest = changes.length - NAMED;
  return changes.slice(0, NAMED).join(", ") + (rest > 0 ? ` and ${rest} more ${rest === 1 ? "class" : "classes"}` : "");
}

function describeClass(name: string, before?: ClassFingerprint, after?: ClassFingerprint): string[] {
  const pictures = (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "picture" : "pictures"}`;
  const of = name === "" ? "" : ` of "${name}"`;
  const verb = (count: number) => count === 1 ? "is" : "are";
  if (before === undefined) return [`"${name}" is new (${pictures(after!.count)})`];
  if (after === undefined) return [`"${name}" is gone (${pictures(before.count)})`];
  const more = after.count - before.count;
  if (more < 0) return [`${pictures(-more)}${of} ${verb(-more)} gone`];
  if (more > 0) return [`${pictures(more)}${of} ${verb(more)} new`];
  return before.digest === after.digest ? [] : [`pictures${of} were changed`];
}
