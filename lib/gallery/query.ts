/** What a page of the gallery shows, and how it becomes SQL. */
import { LatentboardError } from "../errors.ts";
import type { SavedPicture } from "../protocol.ts";

export type { SavedPicture };

/** Which pictures are listed, and in what order; everything may be left out. */
export interface GalleryQuery {
  /** Only those of one model. */
  readonly model?: string;
  /** Only those with this tag. */
  readonly tag?: string;
  /** Only those that are starred, or that are not. */
  readonly starred?: boolean;
  /** `newest` first by default. */
  readonly order?: "newest" | "oldest";
  /** Pictures a page, 1 to 200; 48 by default. */
  readonly limit?: number;
  /** Where the page begins: the `next` of the page before it. */
  readonly cursor?: string;
}

/** A page of the gallery. */
export interface GalleryPage {
  /** The page's pictures. */
  readonly pictures: readonly SavedPicture[];
  /** How many pictures the query finds in all. */
  readonly total: number;
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

/** A part of an SQL statement with its values. */
export interface SqlPart {
  /** The text, a `?` for each value. */
  readonly sql: string;
  /** The values. */
  readonly values: readonly (string | number)[];
}

/** A query, checked, as SQL. */
export interface PreparedQuery {
  /** What `WHERE` holds for all pages. */
  readonly filter: SqlPart;
  /** What it holds besides for this page. */
  readonly page: SqlPart;
  /** What `ORDER BY` holds. */
  readonly order: string;
  /** Pictures a page. */
  readonly limit: number;
}

const LONGEST_TAG = 40;
const MOST_TAGS = 16;

/**
 * Checks a query and turns it into SQL; what a person gave is in the values alone.
 *
 * @throws {LatentboardError} `invalid`, naming the field
 */
export function prepareQuery(query: GalleryQuery): PreparedQuery {
  const { model, tag, starred, order = "newest", limit = 48, cursor } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) {
    throw invalid("limit", "must be a whole number from 1 to 200");
  }
  if (order !== "newest" && order !== "oldest") throw invalid("order", "must be newest or oldest");
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
    throw invalid("cursor", "must be the next of an earlier page");
  }

  const conditions = ["removed_at IS NULL"];
  const values: (string | number)[] = [];
  if (model !== undefined) {
    conditions.push("model = ?");
    values.push(model);
  }
  if (starred !== undefined) {
    conditions.push("starred = ?");
    values.push(Number(starred));
  }
  if (tag !== undefined) {
    conditions.push("number IN (SELECT picture FROM tags WHERE tag = ?)");
    values.push(tag.normalize("NFC"));
  }
  const newest = order === "newest";
  return {
    filter: { sql: conditions.join(" AND "), values },
    page: cursor === undefined
      ? { sql: "TRUE", values: [] }
      : { sql: newest ? "number < ?" : "number > ?", values: [Number(cursor)] },
    order: newest ? "number DESC" : "number ASC",
    limit,
  };
}

/**
 * Checks a picture's tags: 16 at most, each 1 to 40 characters on one line, nothing invisible among them.
 *
 * @returns the tags without repeats and outer blanks, in alphabetical order
 * @throws {LatentboardError} `invalid`, field `tags`
 */
export function checkTags(tags: readonly string[]): string[] {
  const clean = [...new Set(tags.map((tag) => tag.normalize("NFC").trim()))].sort();
  if (clean.length > MOST_TAGS) throw invalid("tags", `must be ${MOST_TAGS} at most: there are ${clean.length}`);
  for (const tag of clean) {
    if (tag === "" || [...tag].length > LONGEST_TAG) {
      throw invalid("tags", `must have 1 to ${LONGEST_TAG} characters each`);
    }
    if (/[\p{C}\p{Zl}\p{Zp}]/u.test(tag)) throw invalid("tags", "must hold no invisible characters");
  }
  return clean;
}

function invalid(field: string, fault: string): LatentboardError {
  return new LatentboardError("invalid", `${field} ${fault}`, { field });
}
