/** A query of the gallery as SQL. */
import { LatentboardError } from "../errors.ts";
import {
  DEFAULT_PAGE_SIZE,
  type GalleryPage,
  MAX_PAGE_SIZE,
  MAX_TAG_LENGTH,
  MAX_TAGS,
  type SavedPicture,
  TAG_PATTERN,
} from "../protocol.ts";

export type { GalleryPage, SavedPicture };

/** Which pictures are listed, and in what order. */
export interface GalleryQuery {
  readonly model?: string;
  readonly tag?: string;
  readonly starred?: boolean;
  /** `newest` first by default. */
  readonly order?: "newest" | "oldest";
  /** Pictures per page, up to {@linkcode MAX_PAGE_SIZE}; {@linkcode DEFAULT_PAGE_SIZE} by default. */
  readonly limit?: number;
  /** The `next` of the previous page. */
  readonly cursor?: string;
}

/** A condition in SQL with a value for each `?`. */
export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** A checked query as SQL. */
export interface PreparedQuery {
  /** What all pages share. */
  readonly filter: SqlCondition;
  /** Where this page begins. */
  readonly page: SqlCondition;
  /** After `ORDER BY`. */
  readonly order: string;
  readonly limit: number;
}

/**
 * Checks a query and turns it into SQL; text from outside is in the values alone.
 *
 * @throws {LatentboardError} `invalid`, naming the field
 */
export function prepareQuery(query: GalleryQuery): PreparedQuery {
  const { model, tag, starred, order = "newest", limit = DEFAULT_PAGE_SIZE, cursor } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) {
    throw invalid("limit", `must be a whole number from 1 to ${MAX_PAGE_SIZE}`);
  }
  if (order !== "newest" && order !== "oldest") throw invalid("order", "must be newest or oldest");
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
    throw invalid("cursor", "must be the next of an earlier page");
  }

  const filters: [sql: string, value: string | number][] = [];
  if (model !== undefined) filters.push(["model = ?", model]);
  if (starred !== undefined) filters.push(["starred = ?", Number(starred)]);
  if (tag !== undefined) filters.push(["number IN (SELECT picture FROM tags WHERE tag = ?)", tag.normalize("NFC")]);
  const [beyond, direction] = order === "newest" ? ["<", "DESC"] : [">", "ASC"];
  return {
    filter: {
      sql: ["removed_at IS NULL", ...filters.map(([sql]) => sql)].join(" AND "),
      values: filters.map(([, value]) => value),
    },
    page: cursor === undefined ? { sql: "TRUE", values: [] } : { sql: `number ${beyond} ?`, values: [Number(cursor)] },
    order: `number ${direction}`,
    limit,
  };
}

/**
 * Checks a picture's tags: at most {@linkcode MAX_TAGS}, each fitting {@linkcode TAG_PATTERN} once trimmed.
 *
 * @returns the tags without repeats and outer spaces, in alphabetical order
 * @throws {LatentboardError} `invalid`, field `tags`
 */
export function checkTags(tags: readonly string[]): string[] {
  const clean = [...new Set(tags.map((tag) => tag.normalize("NFC").trim()))].sort();
  if (clean.length > MAX_TAGS) throw invalid("tags", `must be ${MAX_TAGS} at most: there are ${clean.length}`);
  if (clean.every((tag) => TAG_PATTERN.test(tag))) return clean;
  throw invalid("tags", `must have 1 to ${MAX_TAG_LENGTH} characters each, none of them invisible`);
}

function invalid(field: string, fault: string): LatentboardError {
  return new LatentboardError("invalid", `${field} ${fault}`, { field });
}
