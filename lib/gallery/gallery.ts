/** Saved pictures: their PNG files, and an index of them in SQLite. */
import { join } from "node:path";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { LatentboardError } from "../errors.ts";
import { encodePng } from "../imaging/png.ts";
import { bytesToFloat32, float32ToBytes } from "../latent/mod.ts";
import { type GalleryBulkChange, type SamplerName, UNDO_MS } from "../protocol.ts";
import { writeFileAtomic } from "../system/files.ts";
import { HomeLock } from "./home_lock.ts";
import { checkTags, type GalleryPage, type GalleryQuery, prepareQuery, type SavedPicture } from "./query.ts";
import { openIndex } from "./recovery.ts";
import { checkRecipe, type Recipe, writeRecipe } from "./recipe.ts";
import { transact } from "./schema.ts";

/** Options of {@linkcode Gallery.open}. */
export interface GalleryOptions {
  /** Holds what a user makes; created where it doesn't exist. */
  readonly home: string;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly now?: () => number;
}

/** A picture to save. */
export interface PictureToSave {
  readonly width: number;
  readonly height: number;
  /** 1 is grey, 3 is red, green and blue. */
  readonly channels: 1 | 3;
  /** `[height, width, channels]`, 0 to 255. */
  readonly pixels: Uint8Array;
}

/** {@linkcode Recipe} with any array for z. */
export interface RecipeToSave extends Omit<Recipe, "z"> {
  /** `[latentDim]` */
  readonly z: ArrayLike<number>;
}

const ID = /^[0-9a-f]{32}$/;

type Row = Record<string, SQLOutputValue>;

/**
 * Saved pictures. A save is acknowledged once the PNG file and its row are both on the disk, so that neither a crash
 * nor a power cut loses an acknowledged picture.
 */
export class Gallery {
  readonly #folder: string;
  readonly #database: DatabaseSync;
  readonly #lock: HomeLock;
  readonly #now: () => number;

  private constructor(folder: string, database: DatabaseSync, lock: HomeLock, now: () => number) {
    this.#folder = folder;
    this.#database = database;
    this.#lock = lock;
    this.#now = now;
  }

  /**
   * Opens the gallery of a home as {@linkcode openIndex} does, and removes what was deleted long ago.
   *
   * @throws {LatentboardError} `conflict` when another process writes to the home or a newer version did, `unavailable`
   * when its index can't be opened
   */
  static async open(options: GalleryOptions): Promise<Gallery> {
    const { home, now = Date.now } = options;
    const lock = await HomeLock.take(home);
    const folder = join(home, "gallery");
    let database: DatabaseSync | undefined;
    try {
      await Deno.mkdir(join(folder, "pictures"), { recursive: true });
      database = await openIndex(folder);
      const gallery = new Gallery(folder, database, lock, now);
      await gallery.purge({ olderThanMs: UNDO_MS });
      return gallery;
    } catch (error) {
      database?.close();
      lock.release();
      throw error;
    }
  }

  /**
   * Saves a picture: its PNG, which carries the recipe, then its row.
   *
   * @param tags as {@linkcode tag} takes them
   * @throws {LatentboardError} `invalid`, naming the field
   */
  async save(picture: PictureToSave, recipe: RecipeToSave, tags: readonly string[] = []): Promise<SavedPicture> {
    const { width, height, channels, pixels } = picture;
    if (pixels.length !== width * height * channels) {
      throw new LatentboardError(
        "invalid",
        `pixels must hold ${width * height * channels} bytes: it holds ${pixels.length}`,
        { field: "pixels" },
      );
    }
    const made = checkRecipe({ ...recipe, z: Float32Array.from(recipe.z) });
    const checkedTags = checkTags(tags);
    const createdAt = this.#now();
    const text = { ...writeRecipe(made), "Creation Time": new Date(createdAt).toISOString() };
    const id = crypto.getRandomValues(new Uint8Array(16)).toHex();
    const path = this.#pathOf(id);
    await writeFileAtomic(path, encodePng({ width, height, channels, data: pixels }, { text }));
    try {
      return transact(this.#database, () => {
        const { lastInsertRowid } = this.#database.prepare(
          `INSERT INTO pictures
             (id, model, decoder_sha256, z, seed, temperature, sampler, width, height, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ).run(
          ...[id, made.model, made.decoderSha256, float32ToBytes(made.z)],
          ...[made.seed ?? null, made.temperature ?? null, made.sampler ?? null],
          ...[width, height, createdAt],
        );
        this.#writeTags(Number(lastInsertRowid), checkedTags);
        return this.get(id);
      });
    } catch (error) {
      await Deno.remove(path).catch(() => {});
      throw error;
    }
  }

  /** @throws {LatentboardError} `not-found`, or `gone` when it was deleted and can be restored */
  get(id: string): SavedPicture {
    return this.#present(this.#row(id));
  }

  /**
   * A picture's PNG file.
   *
   * @throws {LatentboardError} `not-found`, `gone`, or `damaged` when the file is missing
   */
  async png(id: string): Promise<Uint8Array> {
    this.#row(id);
    try {
      return await Deno.readFile(this.#pathOf(id));
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      const message = "This picture's file is missing: delete it, or save it again";
      throw new LatentboardError("damaged", message, { cause });
    }
  }

  /**
   * A page of pictures that were not deleted.
   *
   * @throws {LatentboardError} `invalid`, naming the field of the query
   */
  list(query: GalleryQuery = {}): GalleryPage {
    const { filter, page, order, limit } = prepareQuery(query);
    const rows = this.#database.prepare(
      `SELECT * FROM pictures WHERE ${filter.sql} AND ${page.sql} ORDER BY ${order} LIMIT ?`,
    ).all(...filter.values, ...page.values, limit + 1);
    const { total } = this.#database.prepare(`SELECT count(*) AS total FROM pictures WHERE ${filter.sql}`)
      .get(...filter.values)!;
    const shown = rows.slice(0, limit);
    return {
      pictures: shown.map((row) => this.#present(row)),
      total: Number(total),
      ...(rows.length > limit ? { next: String(shown.at(-1)!.number) } : {}),
    };
  }

  /** The models that pictures were made with and how many each, the most frequent first. */
  models(): { model: string; count: number }[] {
    const names = "SELECT model AS name FROM pictures WHERE removed_at IS NULL";
    return this.#tally(names).map(([model, count]) => ({ model, count }));
  }

  /** The tags of pictures and how many have each, the most frequent first. */
  tags(): { tag: string; count: number }[] {
    const names = "SELECT tag AS name FROM tags JOIN pictures ON number = picture WHERE removed_at IS NULL";
    return this.#tally(names).map(([tag, count]) => ({ tag, count }));
  }

  /** @throws {LatentboardError} `not-found` or `gone` */
  star(id: string, starred: boolean): SavedPicture {
    const { number } = this.#row(id);
    this.#database.prepare("UPDATE pictures SET starred = ? WHERE number = ?").run(Number(starred), number!);
    return this.get(id);
  }

  /**
   * Replaces a picture's tags.
   *
   * @param tags as {@linkcode checkTags} takes them; repeats and outer blanks are dropped
   * @throws {LatentboardError} `invalid`, field `tags`; `not-found` or `gone`
   */
  tag(id: string, tags: readonly string[]): SavedPicture {
    const checked = checkTags(tags);
    const { number } = this.#row(id);
    transact(this.#database, () => {
      this.#database.prepare("DELETE FROM tags WHERE picture = ?").run(number!);
      this.#writeTags(Number(number), checked);
    });
    return this.get(id);
  }

  /**
   * Changes many pictures, all or none of them.
   *
   * @throws {LatentboardError} `not-found`; `gone` for one that was deleted, unless all are to be restored; `invalid`,
   * field `tags`, when a picture would have too many tags
   */
  changeAll({ ids, starred, addTags = [], removeTags = [], deleted }: GalleryBulkChange): void {
    const [added, removed] = [checkTags(addTags), checkTags(removeTags)];
    transact(this.#database, () => {
      for (const id of new Set(ids)) {
        if (deleted === false) this.restore(id);
        const { tags } = this.get(id);
        if (starred !== undefined) this.star(id, starred);
        if (added.length + removed.length > 0) {
          const { number } = this.#row(id);
          const changed = checkTags([...tags.filter((tag) => !removed.includes(tag)), ...added]);
          this.#database.prepare("DELETE FROM tags WHERE picture = ?").run(number!);
          this.#writeTags(Number(number), changed);
        }
        if (deleted === true) this.remove(id);
      }
    });
  }

  /** Makes the pictures of a model follow its new name; the recipes within their files keep the old one. */
  renameModel(name: string, renamed: string): void {
    this.#database.prepare("UPDATE pictures SET model = ? WHERE model = ?").run(renamed, name);
  }

  /**
   * Deletes a picture. It can be restored until the next {@linkcode purge}.
   *
   * @throws {LatentboardError} `not-found` or `gone`
   */
  remove(id: string): void {
    const { number } = this.#row(id);
    this.#database.prepare("UPDATE pictures SET removed_at = ? WHERE number = ?").run(this.#now(), number!);
  }

  /**
   * Undoes a deletion; a picture that was not deleted stays as it is.
   *
   * @throws {LatentboardError} `not-found` after {@linkcode purge}
   */
  restore(id: string): SavedPicture {
    if (ID.test(id)) this.#database.prepare("UPDATE pictures SET removed_at = NULL WHERE id = ?").run(id);
    return this.get(id);
  }

  /**
   * Removes deleted pictures for good: their files, then their rows.
   *
   * @param options `olderThanMs` keeps those deleted since; 0 by default
   * @returns how many were removed
   */
  async purge(options: { olderThanMs?: number } = {}): Promise<number> {
    const rows = this.#database.prepare("SELECT id FROM pictures WHERE removed_at <= ?")
      .all(this.#now() - (options.olderThanMs ?? 0));
    for (const { id } of rows) {
      await removeIfThere(this.#pathOf(String(id)));
      this.#database.prepare("DELETE FROM pictures WHERE id = ?").run(id!);
    }
    return rows.length;
  }

  /** Lets another process write the home. Idempotent. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
    this.#lock.release();
  }

  #row(id: string): Row {
    const row = ID.test(id) ? this.#database.prepare("SELECT * FROM pictures WHERE id = ?").get(id) : undefined;
    if (row === undefined) throw new LatentboardError("not-found", "There is no such picture", { field: "id" });
    if (row.removed_at !== null) {
      throw new LatentboardError("gone", "This picture was deleted: restore it to see it again", { field: "id" });
    }
    return row;
  }

  #present(row: Row): SavedPicture {
    const tags = this.#database.prepare("SELECT tag FROM tags WHERE picture = ? ORDER BY tag").all(row.number!);
    return {
      id: String(row.id),
      model: String(row.model),
      decoderSha256: String(row.decoder_sha256),
      z: Array.from(bytesToFloat32(row.z as Uint8Array)),
      ...(row.seed === null ? {} : { seed: Number(row.seed) }),
      ...(row.temperature === null ? {} : { temperature: Number(row.temperature) }),
      ...(row.sampler === null ? {} : { sampler: row.sampler as SamplerName }),
      tags: tags.map(({ tag }) => String(tag)),
      starred: row.starred === 1,
      width: Number(row.width),
      height: Number(row.height),
      createdAt: new Date(Number(row.created_at)).toISOString(),
      url: `/api/gallery/${row.id}/picture.png`,
    };
  }

  /** How often each name of a subquery occurs, the most frequent first. */
  #tally(names: string): [name: string, count: number][] {
    const sql = `SELECT name, count(*) AS count FROM (${names}) GROUP BY name ORDER BY count DESC, name`;
    return this.#database.prepare(sql).all().map(({ name, count }) => [String(name), Number(count)]);
  }

  #writeTags(number: number, tags: readonly string[]): void {
    const insert = this.#database.prepare("INSERT INTO tags (tag, picture) VALUES (?, ?)");
    for (const tag of tags) insert.run(tag, number);
  }

  #pathOf(id: string): string {
    return join(this.#folder, "pictures", `${id}.png`);
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
