/** Lists of picture files, in a folder or in a zip archive; the folders they lie in are their labels. */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { openZip } from "./zip.ts";

/** A file that should be a picture. */
export interface PictureFile {
  /** Its path within the source, with `/` between folders. */
  readonly path: string;
  /** Changes whenever the file does. */
  readonly version: string;
  /** Its bytes; refused with an error for people when it is too large or can't be unpacked. */
  read(): Promise<Uint8Array>;
}

/** The files of a source. */
export interface PictureFiles {
  readonly files: readonly PictureFile[];
  close(): void;
}

/** What the files' folders say. */
export interface FolderLabels {
  /** One per file, an index into `names`; absent where the folders tell nothing. */
  readonly labels?: Uint8Array;
  /** The labels' names, sorted; empty without labels. */
  readonly names: readonly string[];
  /** Why there are no labels, where the person may wonder. */
  readonly note?: string;
}

/** A file of more bytes than this is not a picture of a dataset. */
const MAX_FILE = 256 << 20;
const PICTURE = /\.(png|jpe?g|webp)$/i;
const MAX_LABELS = 256;

/**
 * Lists the PNG, JPEG and WebP files of a folder and those within it. Hidden files and folders are left out, and links
 * to folders are not followed.
 *
 * @param folder the folder
 * @throws {LatentboardError} kind `invalid` when there are none
 */
export async function listFolder(folder: string): Promise<PictureFiles> {
  const files: PictureFile[] = [];
  const waiting = [""];
  for (let under = waiting.pop(); under !== undefined; under = waiting.pop()) {
    for await (const { name, isDirectory } of Deno.readDir(join(folder, under))) {
      const path = under === "" ? name : `${under}/${name}`;
      if (name.startsWith(".")) continue;
      if (isDirectory) waiting.push(path);
      else if (PICTURE.test(name)) {
        const info = await Deno.stat(join(folder, path)).catch(() => undefined); // a link to nothing is passed over
        if (info?.isFile) files.push(fileOnDisk(folder, path, info));
      }
    }
  }
  return checkFound({ files, close: () => {} }, folder);
}

/**
 * Lists the PNG, JPEG and WebP files of a zip archive; nothing of it is unpacked to disk, and names play no part but as
 * labels.
 *
 * @param path the archive
 * @throws {LatentboardError} kind `damaged` when it is no archive, `invalid` when there are no pictures in it
 */
export function listZip(path: string): PictureFiles {
  const archive = openZip(path);
  const files = archive.entries
    .filter(({ name }) =>
      PICTURE.test(name) && !name.split("/").some((part) => part.startsWith(".") || part === "__MACOSX")
    )
    .map((entry): PictureFile => ({
      path: entry.name,
      version: `${entry.size}-${entry.crc}`,
      read: () => new Promise((resolve) => resolve(entry.read(MAX_FILE))),
    }));
  try {
    return checkFound({ files, close: () => archive.close() }, path);
  } catch (error) {
    archive.close();
    throw error;
  }
}

/**
 * Labels files by the first folder in which their paths differ.
 *
 * @param paths the files' paths
 * @returns labels and names, or none with the reason
 */
export function labelsOf(paths: readonly string[]): FolderLabels {
  const folders = paths.map((path) => path.split("/").slice(0, -1));
  const shared = sharedStart(folders);
  const own = folders.map((parts) => parts[shared.length]);
  const names = [...new Set(own)].filter((name) => name !== undefined).sort();
  if (names.length === 0) {
    const only = shared.at(-1);
    if (only === undefined) return { names: [] };
    return {
      names: [],
      note: `All pictures lie in the one folder "${only}", so they have one class only and no labels`,
    };
  }
  const without = own.filter((name) => name === undefined).length;
  if (without > 0) {
    return { names: [], note: `${without} pictures lie beside the folders of the others, so labels are left out` };
  }
  if (names.length > MAX_LABELS) {
    return {
      names: [],
      note: `There are ${names.length} folders, more than ${MAX_LABELS} labels, so labels are left out`,
    };
  }
  const index = new Map(names.map((name, i) => [name, i]));
  return { labels: Uint8Array.from(own, (name) => index.get(name!)!), names };
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

function fileOnDisk(folder: string, path: string, info: Deno.FileInfo): PictureFile {
  return {
    path,
    version: `${info.size}-${info.mtime?.getTime() ?? 0}`,
    read: async () => {
      if (info.size > MAX_FILE) {
        throw new LatentboardError(
          "too-large",
          `Cannot read a file of ${info.size} bytes: at most ${MAX_FILE} are taken`,
        );
      }
      return await Deno.readFile(join(folder, path));
    },
  };
}

function checkFound(found: PictureFiles, source: string): PictureFiles {
  if (found.files.length === 0) {
    throw new LatentboardError(
      "invalid",
      `Cannot find pictures in ${source}: put PNG, JPEG or WebP files into it, in a folder for each label if they have any`,
    );
  }
  const files = [...found.files].sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
  return { ...found, files };
}
