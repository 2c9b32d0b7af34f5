/** The datasets of a home: uploaded, listed, shown, changed, deleted. */
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { listDatasets } from "../dataset/mod.ts";
import { LatentboardError } from "../errors.ts";
import { checkPicture, decodeFitted, encodePng } from "../imaging/mod.ts";
import { UNDO_MS } from "../protocol.ts";
import type {
  DatasetChange,
  DatasetDetail,
  DatasetList,
  DatasetPage,
  DatasetSummary,
  UploadFileRequest,
  UploadFileState,
  UploadState,
} from "../protocol_runs.ts";
import { exists } from "../system/files.ts";
import { Trash } from "../system/trash.ts";
import { CATALOG, type Catalog, changeCatalog, describeCatalog, pageOf, readCatalog } from "./catalog.ts";
import { Limiter, Upload } from "./upload.ts";

/** What {@linkcode Datasets} is given. */
export interface DatasetsOptions {
  readonly home: string;
  /** The shipped data folder. */
  readonly data: string;
  /** Folders from `--data-root`. */
  readonly roots: readonly string[];
  /** Most bytes that uploads may take together. */
  readonly cap: number;
}

/** Pictures that are decoded at the same time. */
const DECODED_AT_ONCE = 2;

/** What is left free on the disk, bytes: a run writes too. */
const SPARE = 2 ** 30;

const NAME = /^[\w-][\w.-]{0,63}$/;

/** The datasets of a home. */
export class Datasets {
  readonly #options: DatasetsOptions;
  readonly #uploads = new Map<string, Upload>();
  readonly #limiter = new Limiter(DECODED_AT_ONCE);
  readonly #trash: Trash;
  readonly #catalogs = new Map<string, { readonly stamp: string; readonly catalog: Catalog }>();

  /** Opens nothing yet. */
  constructor(options: DatasetsOptions) {
    this.#options = options;
    this.#trash = new Trash(options.home, "datasets");
  }

  /** Removes uploads that nobody went on with, and what was deleted long ago. */
  async clean(): Promise<void> {
    await this.#trash.empty();
    try {
      for await (const { name } of Deno.readDir(this.#uploadsFolder)) {
        const folder = join(this.#uploadsFolder, name);
        const { mtime } = await Deno.stat(join(folder, "log.jsonl")).catch(() => ({ mtime: null }));
        if (Date.now() - (mtime?.getTime() ?? 0) > UNDO_MS) await Deno.remove(folder, { recursive: true });
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** All datasets, those under the roots too. */
  async list(): Promise<DatasetList> {
    const { home, data, roots, cap } = this.#options;
    const datasets: DatasetSummary[] = [];
    for (const { name, path, about } of await listDatasets({ data, home })) {
      const catalog = path === undefined ? undefined : await this.#catalog(path).catch(ignoreMissing);
      if (catalog === undefined) {
        datasets.push({ source: name, name, about, kind: "known", available: path !== undefined });
      } else {
        const { source, kind, available, count, labels, bytes, createdAt, about } = describeCatalog(name, catalog);
        datasets.push({ source, name, about, kind, available, count, labels, bytes, createdAt } as DatasetSummary);
      }
    }
    const used = await this.#used();
    return { datasets, roots, space: { used, cap, free: await freeSpace(home) } };
  }

  /** Begins an upload. */
  async begin(name: string): Promise<UploadState> {
    await this.#refuseTaken(name);
    const upload = await Upload.create(this.#uploadsFolder, name, this.#limiter);
    this.#uploads.set(upload.id, upload);
    return upload.state();
  }

  /** How far an upload is. */
  async state(id: string, withFiles: boolean): Promise<UploadState> {
    return (await this.#upload(id)).state(withFiles);
  }

  /**
   * Names files that will be sent.
   *
   * @throws {LatentboardError} `too-large` beyond the cap, `unavailable` when the disk has no room
   */
  async addFiles(id: string, files: readonly UploadFileRequest[]): Promise<UploadFileState[]> {
    const upload = await this.#upload(id);
    const wanted = files.reduce((sum, { size }) => sum + size, 0);
    const { cap, home } = this.#options;
    if (await this.#used() + wanted > cap) {
      throw new LatentboardError(
        "too-large",
        `Uploads may take ${formatGigabytes(cap)} in all: delete datasets, or start with a larger --upload-limit`,
        { field: "files" },
      );
    }
    const free = await freeSpace(home);
    if (wanted + SPARE > free) {
      throw new LatentboardError(
        "unavailable",
        `The disk has ${formatGigabytes(free)} left, too little for these files: free some space`,
        { field: "files" },
      );
    }
    return upload.add(files);
  }

  /** Takes a part of a file. */
  async receive(
    id: string,
    file: number,
    offset: number,
    body: ReadableStream<Uint8Array> | null,
    limit: number,
  ): Promise<UploadFileState> {
    return await (await this.#upload(id)).receive(file, offset, body, limit);
  }

  /** Makes a dataset of an upload. */
  async finish(id: string): Promise<DatasetDetail> {
    const upload = await this.#upload(id);
    await this.#refuseTaken(upload.name);
    const catalog = await upload.finish(this.#folder(upload.name));
    this.#uploads.delete(id);
    return describeCatalog(upload.name, catalog);
  }

  /** Gives up an upload. */
  async cancel(id: string): Promise<void> {
    const upload = await this.#upload(id);
    this.#uploads.delete(id);
    await upload.remove();
  }

  /** An uploaded dataset. */
  async detail(name: string): Promise<DatasetDetail> {
    return describeCatalog(name, await this.#catalog(this.#folder(name)));
  }

  /** Some of its pictures. */
  async page(name: string, query: Parameters<typeof pageOf>[1]): Promise<DatasetPage> {
    return pageOf(await this.#catalog(this.#folder(name)), query);
  }

  /** Changes its labels, or takes pictures out. */
  async change(name: string, change: DatasetChange): Promise<DatasetDetail> {
    return describeCatalog(name, await changeCatalog(this.#folder(name), change));
  }

  /** A picture, fitted into a square as PNG. */
  async thumbnail(name: string, id: string, size: number): Promise<Uint8Array> {
    const folder = this.#folder(name);
    const picture = (await this.#catalog(folder)).pictures.find((other) => other.id === id);
    if (picture === undefined) {
      throw new LatentboardError("not-found", `There is no picture "${id}" in this dataset`, { field: "id" });
    }
    const bytes = await Deno.readFile(join(folder, picture.file));
    return await this.#limiter.run(async () => {
      const data = await decodeFitted(bytes, checkPicture(bytes), { width: size, height: size, fit: "contain" });
      return encodePng({ width: size, height: size, channels: 3, data });
    });
  }

  /** Deletes a dataset; {@linkcode restore} takes it back. */
  async remove(name: string): Promise<void> {
    await this.#catalog(this.#folder(name)); // only what was uploaded
    await this.#trash.take(this.#folder(name), name);
  }

  /** Takes back a deletion. */
  async restore(name: string): Promise<DatasetDetail> {
    await this.#trash.restore(this.#folder(name), name);
    return await this.detail(name);
  }

  /** Lets go of the uploads; they can be gone on with. */
  close(): void {
    for (const upload of this.#uploads.values()) upload.close();
    this.#uploads.clear();
  }

  /** A dataset's catalog, read when it has changed: a page of thumbnails asks for it again and again. */
  async #catalog(folder: string): Promise<Catalog> {
    const { mtime, size } = await Deno.stat(join(folder, CATALOG)).catch(() => ({ mtime: null, size: 0 }));
    const stamp = `${mtime?.getTime()} ${size}`;
    const known = this.#catalogs.get(folder);
    if (known?.stamp === stamp) return known.catalog;
    const catalog = await readCatalog(folder);
    this.#catalogs.set(folder, { stamp, catalog });
    return catalog;
  }

  get #uploadsFolder(): string {
    return join(this.#options.home, "uploads");
  }

  #folder(name: string): string {
    if (NAME.test(name) && !name.includes("..")) return join(this.#options.home, "datasets", name);
    throw new LatentboardError("not-found", `There is no uploaded dataset "${name}"`, { field: "name" });
  }

  async #upload(id: string): Promise<Upload> {
    const known = this.#uploads.get(id);
    if (known !== undefined) return known;
    const opened = /^[0-9a-f]{32}$/.test(id)
      ? await Upload.open(join(this.#uploadsFolder, id), this.#limiter)
      : undefined;
    if (opened === undefined) {
      throw new LatentboardError("gone", "This upload has ended: begin a new one", { field: "id" });
    }
    this.#uploads.set(id, opened);
    return opened;
  }

  async #refuseTaken(name: string): Promise<void> {
    const { home, data } = this.#options;
    const taken = (await listDatasets({ home, data })).some((dataset) => dataset.name === name);
    if (!taken && !await exists(this.#folder(name))) return;
    throw new LatentboardError("conflict", `There is a dataset "${name}" already: choose another name`, {
      field: "name",
    });
  }

  /** Bytes of the uploaded datasets and of the uploads under way. */
  async #used(): Promise<number> {
    const { home, data } = this.#options;
    let used = 0;
    for (const upload of this.#uploads.values()) used += upload.bytes;
    for (const { path } of await listDatasets({ home, data })) {
      const catalog = path === undefined ? undefined : await this.#catalog(path).catch(ignoreMissing);
      for (const { bytes } of catalog?.pictures ?? []) used += bytes;
    }
    return used;
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof LatentboardError)) throw error;
}

async function freeSpace(home: string): Promise<number> {
  await Deno.mkdir(home, { recursive: true });
  const { bavail, bsize } = await statfs(home);
  return bavail * bsize;
}

function formatGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;
}
