/** Lists of picture files: of a folder, or of an archive. */
import { extname, join } from "node:path";
import { LatentboardError } from "../../errors.ts";
import type { SkippedFile } from "../parts.ts";

/** A file of a source. */
export interface SourceFile {
  /** Its path within the source, with `/` between folders. */
  readonly path: string;
  /** Changes whenever the file does. */
  readonly version: string;
  /** Its label, where the source gives one besides folders. */
  readonly label?: string | undefined;
  /** Its bytes; refused with an error for people when it is too large or can't be unpacked. */
  read(): Promise<Uint8Array>;
}

/** The files of a source. */
export interface Listing {
  /** Sorted by path. */
  readonly pictures: readonly SourceFile[];
  /** Text that may give labels: CSV, JSON and the like. */
  readonly tables: readonly SourceFile[];
  /** Left out by their type: how many of each ending. */
  readonly ignored: ReadonlyMap<string, number>;
  /** Left out for what is wrong with them. */
  readonly skipped: readonly SkippedFile[];
  close(): void;
}

/** A file of more bytes than this is not a picture of a dataset. */
export const MAX_FILE_BYTES = 256 << 20;

/** Names of files that may be pictures. */
export const pictureFilePattern = /\.(png|jpe?g|jpe|jfif|pjpeg|webp|gif|tiff?|avif|hei[cf])$/i;
const TABLE = /\.(csv|tsv|jsonl|json)$|(^|\/)list_[\w-]+\.txt$/i;
/** What belongs to a dataset without being a picture, and what systems leave behind. */
const PASSED_OVER = /(^|\/)(labels\.txt|licen[cs]e(\.\w+)?|readme(\.\w+)?|thumbs\.db|desktop\.ini)$/i;

/** Endings that people have in their folders, with what to do about them. */
const ADVICE: readonly (readonly [what: string, endings: RegExp, advice: string])[] = [
  ["video", /^\.(mp4|mov|m4v|avi|mkv|webm|3gp|mpe?g|wmv)$/, ""],
  ["camera raw file", /^\.(dng|cr[23]|nef|arw|raf|orf|rw2|pef|srw)$/, "export them as JPEG"],
  ["BMP picture", /^\.(bmp|dib)$/, "convert them to PNG"],
  ["SVG drawing", /^\.svgz?$/, "convert them to PNG"],
  ["picture of another type", /^\.(psd|xcf|jxl|jp2|exr|hdr|ico|tga|ppm|pgm|pbm|eps|ai)$/, "convert them to PNG"],
  ["pickle", /^\.(pkl|pickle|pt|pth)$/, "convert them with numpy.savez, see docs/data.md"],
  ["HDF5 file", /^\.(h5|hdf5|mat)$/, "convert them with numpy.savez, see docs/data.md"],
];

const OTHER = "other file";

/** A listing that grows file by file; each file is put where it belongs by its name. */
export class ListingBuilder {
  readonly #pictures: SourceFile[] = [];
  readonly #tables: SourceFile[] = [];
  readonly #ignored = new Map<string, number>();
  readonly #skipped: SkippedFile[] = [];

  add(file: SourceFile): void {
    const { path } = file;
    if (path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX" || part === "@eaDir")) return;
    if (pictureFilePattern.test(path)) this.#pictures.push(file);
    else if (TABLE.test(path)) this.#tables.push(file);
    else if (!PASSED_OVER.test(path)) {
      const ending = extname(path).toLowerCase();
      this.#ignored.set(ending, (this.#ignored.get(ending) ?? 0) + 1);
    }
  }

  skip(file: string, reason: string): void {
    this.#skipped.push({ file, reason });
  }

  /**
   * @param source what the files are from, for messages
   * @param close lets go of it
   * @throws {LatentboardError} kind `invalid` when there are no pictures
   */
  finish(source: string, close: () => void = () => {}): Listing {
    if (this.#pictures.length === 0) {
      close();
      const found = describeIgnored(this.#ignored);
      throw new LatentboardError(
        "invalid",
        `Cannot find pictures in ${source}: put PNG, JPEG or other pictures into it, in a folder for each label if ` +
          `they have any${found === undefined ? "" : ` (${found})`}`,
      );
    }
    const byPath = (a: SourceFile, b: SourceFile) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
    return {
      pictures: this.#pictures.sort(byPath),
      tables: this.#tables.sort(byPath),
      ignored: this.#ignored,
      skipped: this.#skipped,
      close,
    };
  }
}

/** One sentence that counts what was left out by type; undefined where nothing was. */
export function describeIgnored(ignored: ReadonlyMap<string, number>): string | undefined {
  if (ignored.size === 0) return undefined;
  const groups = Map.groupBy([...ignored].sort(), ([ending]) => adviceOn(ending)[0]);
  const counts = [...groups].map(([what, endings]) => ({
    what,
    advice: adviceOn(endings[0]![0])[1],
    count: endings.reduce((sum, [, count]) => sum + count, 0),
    endings: endings.map(([ending, count]) => `${ending || "no ending"}${endings.length > 1 ? ` ${count}` : ""}`),
  }));
  const last = (what: string) => Number(what === OTHER);
  const listed = counts.sort((a, b) => last(a.what) - last(b.what) || b.count - a.count).map((group) => {
    const { what, advice, count, endings } = group;
    const noun = count === 1 ? what : what.startsWith("picture of") ? "pictures of other types" : `${what}s`;
    return `${count.toLocaleString("en")} ${noun} (${endings.join(", ")})${advice === "" ? "" : `: ${advice}`}`;
  });
  return `Left out ${listed.join("; ")}`;
}

function adviceOn(ending: string): [what: string, advice: string] {
  const found = ADVICE.find(([, endings]) => endings.test(ending));
  return found === undefined ? [OTHER, ""] : [found[0], found[2]];
}

/**
 * Lists a folder and those within it. Hidden files and folders are passed over. Links to folders are followed, each
 * folder once. What can't be opened, or vanishes meanwhile, is listed as skipped.
 *
 * @throws {LatentboardError} kind `invalid` when there are no pictures
 */
export async function listFolder(folder: string): Promise<Listing> {
  const builder = new ListingBuilder();
  const seen = new Set([await Deno.realPath(folder)]);
  const waiting = [""];
  for (let under = waiting.pop(); under !== undefined; under = waiting.pop()) {
    try {
      for await (const { name, isDirectory, isSymlink } of Deno.readDir(join(folder, under))) {
        if (name.startsWith(".")) continue;
        const path = under === "" ? name : `${under}/${name}`;
        const info = isDirectory ? undefined : await Deno.stat(join(folder, path)).catch(() => undefined);
        if (info === undefined && !isDirectory) {
          builder.skip(path, isSymlink ? "It is a link to nothing that can be opened" : "Cannot open the file");
        } else if (isDirectory || info!.isDirectory) {
          const real = isSymlink ? await Deno.realPath(join(folder, path)) : undefined;
          if (real !== undefined && isWithin(seen, real)) {
            builder.skip(path, "It is a link to a folder that is read already");
          } else {
            if (real !== undefined) seen.add(real);
            waiting.push(path);
          }
        } else if (info!.isFile) builder.add(fileOnDisk(folder, path, info!));
      }
    } catch (error) {
      if (under === "" || !isOpenFault(error)) throw error;
      builder.skip(`${under}/`, "Cannot open the folder");
    }
  }
  return builder.finish(folder);
}

/** Whether a folder is one of those, or lies in one: a link to it would show its pictures twice, or never end. */
function isWithin(seen: ReadonlySet<string>, path: string): boolean {
  return [...seen].some((folder) => path === folder || path.startsWith(`${folder}/`) || folder.startsWith(`${path}/`));
}

/** Whether a fault is that a file or folder can't be opened, and not a fault of ours. */
export function isOpenFault(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.FilesystemLoop || error instanceof Deno.errors.NotADirectory ||
    (error instanceof Error && "code" in error && ["EACCES", "EPERM", "EIO", "ELOOP"].includes(String(error.code)));
}

function fileOnDisk(folder: string, path: string, info: Deno.FileInfo): SourceFile {
  return {
    path,
    version: `${info.size}-${info.mtime?.getTime() ?? 0}`,
    read: async () => {
      if (info.size > MAX_FILE_BYTES) {
        throw new LatentboardError(
          "too-large",
          `Cannot read a file of ${info.size} bytes: at most ${MAX_FILE_BYTES} are taken`,
        );
      }
      return await Deno.readFile(join(folder, path));
    },
  };
}
