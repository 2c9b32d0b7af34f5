/** What the folders of pictures say: splits and labels. */
import type { SplitName } from "../binarize.ts";

/** What is said of each picture; all lists are as long as the paths. */
export interface Layout {
  /** Undefined for a picture that is left out. */
  readonly splits: readonly (SplitName | undefined)[];
  /** Names; undefined where the folders give no labels. */
  readonly labels?: readonly string[];
  /** Sentences for the person. */
  readonly notes: readonly string[];
}

/** Labels are kept as bytes. */
export const MAX_LABELS = 256;

const SPLIT_FOLDERS: Readonly<Record<string, SplitName>> = {
  train: "train",
  training: "train",
  val: "validation",
  valid: "validation",
  validation: "validation",
  dev: "validation",
  test: "test",
  testing: "test",
};

/** Which part a folder's or file's name stands for. */
export function splitOf(name: string): SplitName | undefined {
  const plain = name.toLowerCase();
  return Object.hasOwn(SPLIT_FOLDERS, plain) ? SPLIT_FOLDERS[plain] : undefined;
}

/**
 * Tells splits and labels from folders: of the first folders in which paths differ, `train`, `test` and the like are
 * splits, all others labels. Within splits, labels are told the same way. A few pictures beside folders of labels are
 * left out. Unicode's composed and decomposed forms are one name.
 *
 * @param paths with `/` between folders
 */
export function layoutOf(paths: readonly string[]): Layout {
  const folders = paths.map((path) => path.normalize("NFC").split("/").slice(0, -1));
  const start = sharedStart(folders).length;
  const named = new Set(folders.map((parts) => splitOf(parts[start] ?? "")));
  if (!named.has("train") || named.size < 2 || (named.size === 2 && named.has(undefined))) {
    const { labels, leftOut, notes } = labelsOf(folders, paths);
    return { splits: paths.map((_, i) => leftOut.has(i) ? undefined : "train"), ...(labels && { labels }), notes };
  }
  const splits = folders.map((parts) => splitOf(parts[start] ?? ""));
  const outside = paths.filter((_, i) => splits[i] === undefined);
  const inside = folders.map((parts) => parts.slice(start + 1));
  const kept = [...paths.keys()].filter((i) => splits[i] !== undefined);
  const { labels, leftOut, notes } = labelsOf(kept.map((i) => inside[i]!), kept.map((i) => paths[i]!));
  const place = new Map(kept.map((i, j) => [i, j]));
  return {
    splits: splits.map((split, i) => split === undefined || leftOut.has(place.get(i)!) ? undefined : split),
    ...(labels && { labels: paths.map((_, i) => place.has(i) ? labels[place.get(i)!]! : "") }),
    notes: [
      `The folders ${
        quoted([...new Set(folders.filter((_, i) => splits[i]).map((parts) => parts[start]!))])
      } are splits`,
      ...(outside.length === 0 ? [] : [`Left out ${nameSome(outside)}, beside the folders of the splits`]),
      ...notes,
    ],
  };
}

interface FolderLabels {
  readonly labels?: readonly string[];
  readonly leftOut: ReadonlySet<number>;
  readonly notes: readonly string[];
}

function labelsOf(folders: readonly (readonly string[])[], paths: readonly string[]): FolderLabels {
  const none = (...notes: string[]): FolderLabels => ({ leftOut: new Set(), notes });
  const shared = sharedStart(folders);
  const own = folders.map((parts) => parts[shared.length]);
  const names = new Set(own.filter((name) => name !== undefined));
  if (names.size === 0) {
    const only = shared.at(-1);
    return only === undefined
      ? none()
      : none(`All pictures lie in the one folder "${printable(only)}", so they have one class only and no labels`);
  }
  if (names.size > MAX_LABELS) {
    return none(`There are ${names.size} folders, more than ${MAX_LABELS} labels, so labels are left out`);
  }
  const stray = [...own.keys()].filter((i) => own[i] === undefined);
  if (stray.length === 0) return { labels: own as string[], leftOut: new Set(), notes: [] };
  const rest = [...own.keys()].filter((i) => own[i] !== undefined);
  const inner = labelsOf(rest.map((i) => folders[i]!), rest.map((i) => paths[i]!));
  if (inner.labels === undefined || 2 * stray.length > rest.length) {
    return none(
      `${
        plural(stray.length, "picture lies", "pictures lie")
      } beside the folders of the others, so labels are left out`,
    );
  }
  const labels = Array<string>(folders.length).fill("");
  rest.forEach((i, j) => labels[i] = inner.labels![j]!);
  return {
    labels,
    leftOut: new Set([...stray, ...[...inner.leftOut].map((j) => rest[j]!)]),
    notes: [`Left out ${nameSome(stray.map((i) => paths[i]!))}, beside the folders of labels`, ...inner.notes],
  };
}

function sharedStart(folders: readonly (readonly string[])[]): readonly string[] {
  const first = folders[0] ?? [];
  let length = first.length;
  for (const parts of folders) {
    let same = 0;
    while (same < length && parts[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length);
}

/** The first few names of many, safe to print. */
export function nameSome(names: readonly string[], shown = 3): string {
  const more = names.length > shown ? ` and ${(names.length - shown).toLocaleString("en")} more` : "";
  return `${names.slice(0, shown).map(printable).join(", ")}${more}`;
}

/** A name with control characters written out, so that it can't break a line or a terminal. */
export function printable(name: string): string {
  // deno-lint-ignore no-control-regex -- they are what is replaced
  return name.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${printable(name)}"`).join(", ");
}

function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
