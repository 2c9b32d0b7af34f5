/** The gallery's index found again from its pictures, where it is missing or damaged. */
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LatentboardError } from "../errors.ts";
import { readPngText, sniffPicture } from "../imaging/mod.ts";
import { float32ToBytes } from "../latent/mod.ts";
import { log } from "../log.ts";
import { exists, syncFolder } from "../system/files.ts";
import { readRecipe, type Recipe } from "./recipe.ts";
import { prepare, transact, versionOf } from "./schema.ts";

const INDEX = "gallery.sqlite";
const DRAFT = "gallery.rebuilt.sqlite";
/** Of the files that SQLite keeps for one database. */
const SUFFIXES = ["", "-wal", "-shm"];
/** A save that was cut short leaves such a file. */
const TEMPORARY = /^\.[0-9a-f]{32}\.png\.[0-9a-f-]{36}$/;
const PICTURE = /^([0-9a-f]{32})\.png$/;
/** A saved picture is far smaller; a larger file is not one. */
const MAX_BYTES = 64 * 2 ** 20;

/** What only the index holds, by the picture's id, as far as a damaged one can still be read. */
type Marks = ReadonlyMap<string, { starred: number; removedAt: number | null; tags: string[] }>;

interface FoundPicture {
  readonly id: string;
  readonly recipe: Recipe;
  readonly width: number;
  readonly height: number;
  readonly createdAt: number;
  /** Earlier versions wrote whole seconds: within one, the file's time decides. */
  readonly modified: number;
}

/**
 * Opens the index of a gallery after an integrity check. A missing or damaged index is made again from the recipes in
 * the pictures; a damaged one is kept beside it. Then temporary files are removed, and files that the index doesn't
 * list are moved to `lost/`.
 *
 * @param folder of the gallery; its `pictures/` holds the files
 * @throws {LatentboardError} `conflict` when a newer version wrote the index, `unavailable` when it can't be opened
 */
export async function openIndex(folder: string): Promise<DatabaseSync> {
  const path = join(folder, INDEX);
  const database = openSound(path) ?? await rebuild(path, folder);
  try {
    await tidy(database, folder);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens an index that passes SQLite's integrity check; undefined where there is none, or an empty or damaged one. */
function openSound(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    const [result] = database.prepare("PRAGMA integrity_check(1)").all();
    if (result?.integrity_check === "ok" && versionOf(database) > 0) {
      prepare(database);
      database.prepare("SELECT count(*) FROM pictures JOIN tags ON number = picture").get();
      return database;
    }
    database.close();
    return undefined;
  } catch (cause) {
    if (database?.isOpen) database.close();
    if (cause instanceof LatentboardError) throw cause;
    if (isDamage(cause)) return undefined;
    throw cannotOpen(path, cause);
  }
}

/** By SQLite's messages, since not all of its errors come with their code. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && /malformed|is not a database|no such (?:table|column)/.test(error.message);
}

function cannotOpen(path: string, cause: unknown): LatentboardError {
  return new LatentboardError(
    "unavailable",
    `The gallery's index can't be opened: check who may write ${path}, or choose another --home`,
    { field: "home", cause },
  );
}

/** Makes the index again under another name, so that a half-made one never takes its place. */
async function rebuild(path: string, folder: string): Promise<DatabaseSync> {
  const wasThere = (await Deno.stat(path)).size > 0;
  const draft = join(folder, DRAFT);
  await removeDatabase(draft);
  let database: DatabaseSync | undefined;
  let count = 0;
  try {
    database = new DatabaseSync(draft);
    prepare(database);
    count = await restorePictures(database, folder, wasThere ? readMarks(path) : new Map());
    database.close();
    const kept = wasThere ? await moveAside(path) : undefined;
    await removeDatabase(path);
    await Deno.rename(draft, path);
    await syncFolder(folder);
    if (kept !== undefined || count > 0) {
      const state = kept === undefined ? "was missing" : `was damaged and is kept as ${kept}`;
      log.warn(`gallery: the index ${state}; ${count} pictures were found again by their recipes`);
    }
    database = new DatabaseSync(path);
    prepare(database);
    return database;
  } catch (cause) {
    if (database?.isOpen) database.close();
    throw cannotOpen(path, cause);
  }
}

async function removeDatabase(path: string): Promise<void> {
  for (const suffix of SUFFIXES) if (await exists(path + suffix)) await Deno.remove(path + suffix);
}

/** Stars, tags and deletions of a damaged index, row by row until one can't be read. */
function readMarks(path: string): Marks {
  const marks = new Map<string, { starred: number; removedAt: number | null; tags: string[] }>();
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    const ids = new Map<unknown, string>();
    const pictures = database.prepare("SELECT number, id, starred, removed_at FROM pictures NOT INDEXED");
    for (const { number, id, starred, removed_at } of pictures.iterate()) {
      if (typeof id !== "string") continue;
      ids.set(number, id);
      marks.set(id, {
        starred: starred === 1 ? 1 : 0,
        removedAt: typeof removed_at === "number" ? removed_at : null,
        tags: [],
      });
    }
    for (const { picture, tag } of database.prepare("SELECT picture, tag FROM tags").iterate()) {
      if (typeof tag === "string") marks.get(ids.get(picture) ?? "")?.tags.push(tag);
    }
  } catch (error) {
    log.debug("gallery: the damaged index can't be read further", { error });
  } finally {
    if (database?.isOpen) database.close();
  }
  return marks;
}

/** @returns the name that the damaged index has now */
async function moveAside(path: string): Promise<string> {
  const name = `gallery.damaged-${new Date().toISOString().replace(/[^0-9]/g, "")}.sqlite`;
  for (const suffix of SUFFIXES) {
    if (await exists(path + suffix)) await Deno.rename(path + suffix, join(dirname(path), name + suffix));
  }
  return name;
}

/** @returns how many pictures were found */
async function restorePictures(database: DatabaseSync, folder: string, marks: Marks): Promise<number> {
  const found = (await findPictures(join(folder, "pictures")))
    .sort((a, b) => a.createdAt - b.createdAt || a.modified - b.modified);
  transact(database, () => {
    const insert = database.prepare(
      `INSERT INTO pictures
         (id, model, decoder_sha256, z, seed, temperature, sampler, width, height, starred, created_at, removed_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const insertTag = database.prepare("INSERT OR IGNORE INTO tags (tag, picture) VALUES (?, ?)");
    for (const { id, recipe, width, height, createdAt } of found) {
      const { model, decoderSha256, z, seed = null, temperature = null, sampler = null } = recipe;
      const { starred = 0, removedAt = null, tags = [] } = marks.get(id) ?? {};
      const { lastInsertRowid } = insert.run(
        ...[id, model, decoderSha256, float32ToBytes(z), seed, temperature, sampler],
        ...[width, height, starred, createdAt, removedAt],
      );
      for (const tag of tags) insertTag.run(tag, lastInsertRowid);
    }
  });
  return found.length;
}

async function findPictures(folder: string): Promise<FoundPicture[]> {
  const found: FoundPicture[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    const id = PICTURE.exec(name)?.[1];
    if (id === undefined || !isFile) continue;
    const path = join(folder, name);
    const { size, mtime } = await Deno.stat(path);
    if (size > MAX_BYTES) continue;
    const picture = readPicture(await Deno.readFile(path), mtime?.getTime() ?? Date.now());
    if (picture !== undefined) found.push({ id, ...picture });
  }
  return found;
}

function readPicture(bytes: Uint8Array, modified: number): Omit<FoundPicture, "id"> | undefined {
  try {
    const texts = readPngText(bytes);
    const recipe = readRecipe(texts);
    if (recipe === undefined) return undefined;
    const { width, height } = sniffPicture(bytes, ["png"]);
    const created = Date.parse(texts["Creation Time"] ?? "");
    return { recipe, width, height, createdAt: Number.isNaN(created) ? modified : created, modified };
  } catch (error) {
    if (!(error instanceof LatentboardError)) throw error;
    return undefined;
  }
}

/** Removes our own temporary files; every other file without a row is moved away, not deleted. */
async function tidy(database: DatabaseSync, folder: string): Promise<void> {
  const known = database.prepare("SELECT 1 FROM pictures WHERE id = ?");
  const pictures = join(folder, "pictures");
  const lost: string[] = [];
  for await (const { name } of Deno.readDir(pictures)) {
    const id = PICTURE.exec(name)?.[1];
    if (TEMPORARY.test(name)) await Deno.remove(join(pictures, name));
    else if (id === undefined || known.get(id) === undefined) lost.push(name);
  }
  if (lost.length === 0) return;
  const target = join(folder, "lost");
  await Deno.mkdir(target, { recursive: true });
  for (const name of lost) await Deno.rename(join(pictures, name), await freePath(target, name));
  log.warn(`gallery: ${lost.length} files that the index doesn't list were moved to ${target}`);
}

async function freePath(folder: string, name: string): Promise<string> {
  let path = join(folder, name);
  for (let number = 2; await exists(path); number++) path = join(folder, `${number}-${name}`);
  return path;
}
