/** A copy of a dataset without what a check found wrong: one folder per split and label. */
import { basename, extname, join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { encodePng, splitBitmaps } from "../imaging/mod.ts";
import { pictureTypeOf } from "../imaging/sniff.ts";
import { writeFileAtomic } from "../system/files.ts";
import type { SplitName } from "./binarize.ts";
import type { CheckedDataset } from "./check.ts";
import type { ImageSet } from "./image_set.ts";

/** Folders of the splits; training pictures lie in none where there are no others. */
const FOLDERS: Readonly<Record<SplitName, string>> = { train: "train", validation: "val", test: "test" };
const SPLITS = ["train", "validation", "test"] as const;

/**
 * Copies the readable pictures of a dataset, each once: files as they are, with the ending of their type; arrays as PNG.
 *
 * @param checked from `checkDataset`
 * @param folder where they go; it must be empty or not exist
 * @param onProgress called with pictures done
 * @returns pictures written
 * @throws {LatentboardError} `conflict` when the folder holds something
 */
export async function writeCleanCopy(
  { parts, superfluous }: CheckedDataset,
  folder: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<number> {
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(folder)) {
    throw new LatentboardError("conflict", `Cannot write into ${folder}: it holds ${name}, so name an empty folder`);
  }
  const divided = parts.validation !== undefined || parts.test !== undefined;
  const taken = new Set<string>();
  const targetOf = (set: ImageSet, split: SplitName, place: number, name: string, ending: string): string => {
    const label = set.labels === undefined ? undefined : set.labelNames[set.labels[place]!];
    const parent = join(folder, divided ? FOLDERS[split] : "", label === undefined ? "" : safeName(label));
    const stem = safeName(basename(name, extname(name)));
    for (let n = 1;; n++) {
      const path = join(parent, `${stem}${n === 1 ? "" : `-${n}`}.${ending}`);
      if (taken.has(path.toLowerCase())) continue; // also where case makes no difference
      taken.add(path.toLowerCase());
      return path;
    }
  };
  const total = SPLITS.reduce(
    (sum, split) => sum + (parts[split]?.count ?? 0) - (superfluous.get(split)?.size ?? 0),
    0,
  );
  let done = 0;
  const write = async (path: string, bytes: Uint8Array) => {
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await writeFileAtomic(path, bytes);
    onProgress(++done, total);
  };
  if (parts.files !== undefined) {
    const places = new Map(SPLITS.flatMap((split) => {
      return (parts.files!.paths[split] ?? []).map((path, place) => [path, { split, place }] as const);
    }));
    await parts.files.readAll(async (path, bytes) => {
      const found = places.get(path);
      if (found === undefined || superfluous.get(found.split)?.has(found.place)) return;
      const type = pictureTypeOf(bytes);
      const ending = type === "jpeg" ? "jpg" : type ?? extname(path).slice(1);
      await write(targetOf(parts[found.split]!, found.split, found.place, path, ending), bytes);
    });
    return done;
  }
  for (const split of SPLITS) {
    const set = parts[split];
    for (let place = 0; place < (set?.count ?? 0); place++) {
      if (superfluous.get(split)?.has(place)) continue;
      const [bitmap] = splitBitmaps(set!.readBatch([place]), set!);
      const name = String(place).padStart(6, "0");
      await write(targetOf(set!, split, place, name, "png"), encodePng(bitmap!, { level: 6 }));
    }
  }
  return done;
}

/** A name that every system takes, and that means nothing to a shell, a page or a terminal. */
export function safeName(name: string): string {
  const plain = name.normalize("NFC").replace(/[^\p{L}\p{N} ._-]/gu, "_").replace(/^[. ]+|[. ]+$/g, "").slice(0, 100);
  return /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(plain) || plain === "" ? `_${plain}` : plain;
}
