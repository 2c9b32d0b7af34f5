/**
 * An upload under way: `<home>/uploads/<id>/` holds what has come, so that it goes on after a lost connection or a
 * restart of the server. Files come in parts, in parallel; each is checked as soon as it is whole.
 */
import { basename, dirname, join } from "node:path";
import { openZip } from "../dataset/zip.ts";
import { LatentboardError } from "../errors.ts";
import type { BadFile, UploadFileRequest, UploadFileState, UploadState } from "../protocol_runs.ts";
import { writeFileAtomic } from "../system/files.ts";
import { type Catalog, freeFile, writeCatalog } from "./catalog.ts";
import { examinePicture, type PictureFacts, type PictureRecord } from "./picture.ts";

/** A file of more bytes than this is not a picture. */
const MAX_PICTURE_BYTES = 256 * 2 ** 20;

/** Larger pictures are read into memory of their own. */
const KEPT_BUFFER_BYTES = 8 * 2 ** 20;

/** What systems leave behind among pictures. */
const PASSED_OVER = /(^|\/)(\..*|__MACOSX|@eaDir|thumbs\.db|desktop\.ini)(\/|$)/i;

interface UploadFile extends UploadFileRequest {
  readonly file: number;
  received: number;
  /** The ids of its pictures, once it was checked. */
  pictures?: number;
  problems?: readonly BadFile[];
  /** Whether a part is being written. */
  busy: boolean;
}

/** A line of the upload's log. */
type Line =
  | { readonly type: "file"; readonly path: string; readonly size: number }
  | {
    readonly type: "checked";
    readonly file: number;
    readonly pictures: readonly PictureRecord[];
    readonly problems: readonly BadFile[];
  };

/** An upload. */
export class Upload {
  readonly id: string;
  readonly name: string;
  readonly #folder: string;
  readonly #files: UploadFile[] = [];
  readonly #byPath = new Map<string, UploadFile>();
  readonly #pictures: PictureRecord[] = [];
  readonly #bad: BadFile[] = [];
  readonly #limit: Limiter;
  readonly #buffers = new ReadBuffers();
  #log: Deno.FsFile;

  private constructor(folder: string, name: string, limiter: Limiter) {
    this.id = basename(folder);
    this.name = name;
    this.#folder = folder;
    this.#limit = limiter;
    this.#log = Deno.openSync(join(folder, "log.jsonl"), { append: true, create: true });
  }

  /** Begins an upload. */
  static async create(uploads: string, name: string, limiter: Limiter): Promise<Upload> {
    const folder = join(uploads, crypto.getRandomValues(new Uint8Array(16)).toHex());
    await Deno.mkdir(join(folder, "parts"), { recursive: true });
    await Deno.mkdir(join(folder, "pictures"));
    await writeFileAtomic(join(folder, "upload.json"), JSON.stringify({ name }));
    return new Upload(folder, name, limiter);
  }

  /** Opens an upload that an earlier server began; undefined where there is none. */
  static async open(folder: string, limiter: Limiter): Promise<Upload | undefined> {
    let name: string;
    try {
      ({ name } = JSON.parse(await Deno.readTextFile(join(folder, "upload.json"))) as { name: string });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    const upload = new Upload(folder, name, limiter);
    await upload.#replay();
    return upload;
  }

  /** Bytes that its files have, or will have. */
  get bytes(): number {
    return this.#files.reduce((sum, { size }) => sum + size, 0);
  }

  /** Names files that will be sent; one that is known keeps its number, and what has come of it. */
  add(requests: readonly UploadFileRequest[]): UploadFileState[] {
    const states: UploadFileState[] = [];
    const lines: Line[] = [];
    for (const { path, size } of requests) {
      let file = this.#byPath.get(path);
      if (file === undefined) {
        file = this.#register(path, size);
        lines.push({ type: "file", path, size });
      } else if (file.size !== size) {
        throw new LatentboardError("conflict", `${path} has another size than before: begin a new upload`, {
          field: "files",
        });
      }
      states.push(stateOf(file));
    }
    this.#write(...lines);
    return states;
  }

  /**
   * Takes a part of a file; when it makes the file whole, the file is checked.
   *
   * @param number of the file
   * @param offset where the part belongs: as many bytes as have come so far
   * @param body its bytes
   * @throws {LatentboardError} `not-found`, `conflict` when the part belongs elsewhere, `too-large` beyond the file's
   * declared size
   */
  async receive(
    number: number,
    offset: number,
    body: ReadableStream<Uint8Array> | null,
    limit: number,
  ): Promise<UploadFileState> {
    const file = this.#files[number];
    if (file === undefined) {
      throw new LatentboardError("not-found", `There is no file ${number} in this upload: name it first`, {
        field: "file",
      });
    }
    if (file.pictures !== undefined) {
      await body?.cancel();
      return stateOf(file);
    }
    if (file.busy || file.received !== offset) {
      await body?.cancel();
      throw new LatentboardError("conflict", `The next part of this file begins at ${file.received}`, {
        field: "offset",
      });
    }
    file.busy = true;
    try {
      if (body !== null) await this.#append(file, body, limit);
      if (file.received === file.size) await this.#limit.run(() => this.#check(file));
    } finally {
      file.busy = false;
    }
    return stateOf(file);
  }

  /** How far it is. */
  state(withFiles = false): UploadState {
    return {
      id: this.id,
      name: this.name,
      files: this.#files.length,
      complete: this.#files.filter(({ pictures }) => pictures !== undefined).length,
      bytes: this.bytes,
      received: this.#files.reduce((sum, { received }) => sum + received, 0),
      pictures: this.#pictures.length,
      bad: this.#bad,
      ...(withFiles ? { states: this.#files.map(stateOf) } : {}),
    };
  }

  /**
   * Makes a dataset of what has come.
   *
   * @param target the dataset's folder, which must not exist
   * @throws {LatentboardError} `conflict` while files are missing, `invalid` without a picture
   */
  async finish(target: string): Promise<Catalog> {
    const open = this.#files.filter(({ pictures }) => pictures === undefined).length;
    if (open > 0) {
      throw new LatentboardError("conflict", `${open} files have not come whole yet: send them, or cancel the upload`);
    }
    if (this.#pictures.length === 0) {
      throw new LatentboardError("invalid", "There is no picture in this upload: see what is wrong with its files");
    }
    const dataset = join(this.#folder, "dataset");
    const labels = labelsOf(this.#pictures.map(({ file }) => file));
    const pictures: PictureRecord[] = [];
    for (const [i, picture] of this.#pictures.entries()) {
      const label = labels[i]!;
      await Deno.mkdir(join(dataset, label), { recursive: true });
      const file = await freeFile(dataset, label, basename(picture.file));
      await Deno.rename(join(this.#folder, "pictures", picture.id), join(dataset, file));
      pictures.push({ ...picture, file, label });
    }
    const catalog = { createdAt: new Date().toISOString(), pictures, bad: this.#bad };
    await writeCatalog(dataset, catalog);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.rename(dataset, target);
    await this.remove();
    return catalog;
  }

  /** Lets go of its log; its files stay. */
  close(): void {
    this.#log.close();
  }

  /** Removes it. */
  async remove(): Promise<void> {
    this.close();
    await Deno.remove(this.#folder, { recursive: true });
  }

  #register(path: string, size: number): UploadFile {
    const file: UploadFile = { file: this.#files.length, path, size, received: 0, busy: false };
    this.#files.push(file);
    this.#byPath.set(path, file);
    return file;
  }

  async #append(file: UploadFile, body: ReadableStream<Uint8Array>, limit: number): Promise<void> {
    const room = Math.min(limit, file.size - file.received);
    let taken = 0;
    using part = await Deno.open(this.#partOf(file), { write: true, create: true });
    await part.truncate(file.received);
    await part.seek(file.received, Deno.SeekMode.Start);
    try {
      for await (const bytes of chunksOf(body)) {
        if (taken + bytes.length > room) {
          throw new LatentboardError("too-large", `This part of the file must be at most ${room} bytes`, {
            field: "body",
          });
        }
        for (let written = 0; written < bytes.length;) written += await part.write(bytes.subarray(written));
        taken += bytes.length;
      }
    } finally {
      file.received += taken; // what came before the connection was lost is kept
    }
  }

  #partOf({ file }: UploadFile): string {
    return join(this.#folder, "parts", String(file));
  }

  /** Checks a whole file, and every picture of an archive. */
  async #check(file: UploadFile): Promise<void> {
    const pictures: PictureRecord[] = [];
    const problems: BadFile[] = [];
    const part = this.#partOf(file);
    if (PASSED_OVER.test(file.path)) {
      await Deno.remove(part).catch(() => {});
    } else if (/\.zip$/i.test(file.path)) {
      await this.#checkArchive(file, part, pictures, problems);
      await Deno.remove(part).catch(() => {});
    } else {
      try {
        if (file.size > MAX_PICTURE_BYTES) throw tooLarge(file.size);
        const facts = await this.#buffers.withFile(part, file.size, examinePicture);
        const picture = recordOf(`${file.file}-0`, file.path, facts);
        await Deno.rename(part, join(this.#folder, "pictures", picture.id));
        pictures.push(picture);
      } catch (error) {
        problems.push({ path: file.path, reason: reasonOf(error) });
        await Deno.remove(part).catch(() => {});
      }
    }
    this.#accept(file, pictures, problems);
    this.#write({ type: "checked", file: file.file, pictures, problems });
  }

  async #checkArchive(
    file: UploadFile,
    part: string,
    pictures: PictureRecord[],
    problems: BadFile[],
  ): Promise<void> {
    try {
      const archive = await openZip(part);
      try {
        for (const [i, entry] of archive.entries.entries()) {
          if (PASSED_OVER.test(entry.name)) continue;
          const path = `${dirname(file.path)}/${entry.name}`.replace(/^\.\//, "");
          try {
            const bytes = await entry.read(MAX_PICTURE_BYTES);
            const picture = recordOf(`${file.file}-${i}`, path, await examinePicture(bytes));
            await Deno.writeFile(join(this.#folder, "pictures", picture.id), bytes);
            pictures.push(picture);
          } catch (error) {
            problems.push({ path, reason: reasonOf(error) });
          }
        }
      } finally {
        archive.close();
      }
    } catch (error) {
      problems.push({ path: file.path, reason: reasonOf(error) });
    }
  }

  #accept(file: UploadFile, pictures: readonly PictureRecord[], problems: readonly BadFile[]): void {
    file.received = file.size;
    file.pictures = pictures.length;
    if (problems.length > 0) file.problems = problems;
    this.#pictures.push(...pictures);
    this.#bad.push(...problems);
  }

  #write(...lines: readonly Line[]): void {
    const bytes = new TextEncoder().encode(lines.map((line) => JSON.stringify(line) + "\n").join(""));
    for (let written = 0; written < bytes.length;) written += this.#log.writeSync(bytes.subarray(written));
  }

  async #replay(): Promise<void> {
    const text = await Deno.readTextFile(join(this.#folder, "log.jsonl"));
    for (const row of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
      if (row === "") continue;
      const line = JSON.parse(row) as Line;
      if (line.type === "file") this.#register(line.path, line.size);
      else this.#accept(this.#files[line.file]!, line.pictures, line.problems);
    }
    for (const file of this.#files) {
      if (file.pictures !== undefined) continue;
      const { size } = await Deno.stat(this.#partOf(file)).catch(() => ({ size: 0 }));
      file.received = Math.min(size, file.size);
    }
  }
}

/** Bytes that are read at once. */
const CHUNK_BYTES = 2 ** 16;

/**
 * The bytes of a body as they come, each chunk in the same memory as the one before where the body can be read so: what
 * a chunk of its own would take waits for the garbage collector.
 */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return yield* body; // it was not made of bytes
  }
  try {
    let buffer = new Uint8Array(CHUNK_BYTES);
    while (true) {
      const { done, value } = await reader.read(buffer);
      if (done) return;
      yield value;
      buffer = new Uint8Array(value.buffer);
    }
  } finally {
    await reader.cancel().catch(() => {}); // the rest of a body that was refused
  }
}

/**
 * Reads files into memory that is used again: thousands of pictures, each in an array of its own, wait for the garbage
 * collector by the hundred megabytes.
 */
class ReadBuffers {
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  /** Lends a file's bytes to `use`; they are another's afterwards. */
  async withFile<T>(path: string, size: number, use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
    const kept = this.#free.pop();
    const buffer = kept !== undefined && kept.length >= size ? kept : new Uint8Array(Math.max(size, KEPT_BUFFER_BYTES));
    try {
      using file = await Deno.open(path);
      for (let read = 0; read < size;) read += await file.read(buffer.subarray(read, size)) ?? size;
      return await use(buffer.subarray(0, size));
    } finally {
      if (buffer.length === KEPT_BUFFER_BYTES) this.#free.push(buffer);
    }
  }
}

/** Lets so many pieces of work run at the same time: decoding takes memory. */
export class Limiter {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param most pieces at once */
  constructor(most: number) {
    this.#free = most;
  }

  /** Runs some work when there is room. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/** What is kept of a picture; its file gets the ending of what its bytes are. */
function recordOf(id: string, path: string, { type, ...facts }: PictureFacts): PictureRecord {
  const name = basename(path).replace(/\.[^.]*$/, "") + `.${type}`;
  return { id, file: path.includes("/") ? `${dirname(path)}/${name}` : name, label: "", ...facts };
}

/** The label of each path: the first folder in which the paths differ; none where some lie beside the folders. */
function labelsOf(paths: readonly string[]): string[] {
  const folders = paths.map((path) => path.split("/").slice(0, -1));
  let shared = 0;
  const first = folders[0] ?? [];
  while (shared < first.length && folders.every((parts) => parts[shared] === first[shared])) shared++;
  return folders.map((parts) => cleanLabel(parts[shared] ?? ""));
}

/** A label as a folder's name: no separator, nothing hidden. */
function cleanLabel(label: string): string {
  return label.replace(/[\\/:*?"<>|\p{Cc}]/gu, "_").replace(/^\.+/, "_").slice(0, 80);
}

function stateOf({ file, path, size, received, pictures, problems }: UploadFile): UploadFileState {
  return {
    file,
    path,
    size,
    received,
    ...(pictures === undefined ? {} : { pictures }),
    ...(problems === undefined ? {} : { problems }),
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof LatentboardError) return error.message;
  throw error;
}

function tooLarge(size: number): LatentboardError {
  return new LatentboardError(
    "too-large",
    `Cannot read a file of ${size} bytes: at most ${MAX_PICTURE_BYTES} are taken`,
  );
}
