/** A query of the gallery as SQL. */
import { LatentboardError } from "../errors.ts";
import {
  DEFAULT_PAGE_SIZE,
  GALLERY_ORDERS,
  type GalleryOrder,
  type GalleryPage,
  MAX_PAGE_SIZE,
  MAX_SEARCH_LENGTH,
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
  /**
   * Words that must all be found: in the model's name, a tag, the seed, or the beginning of the decoder's SHA-256.
   * `model:`, `tag:`, `seed:` or `sha256:` before a word looks there alone.
   */
  readonly q?: string;
  /** `newest` first by default. */
  readonly order?: GalleryOrder;
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
  const { model, tag, starred, q = "", order = "newest", limit = DEFAULT_PAGE_SIZE, cursor } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) {
    throw invalid("limit", `must be a whole number from 1 to ${MAX_PAGE_SIZE}`);
  }
  if (!GALLERY_ORDERS.includes(order)) throw invalid("order", `must be ${GALLERY_ORDERS.join(" or ")}`);
  if (q.length > MAX_SEARCH_LENGTH) throw invalid("q", `must have at most ${MAX_SEARCH_LENGTH} characters`);
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
    throw invalid("cursor", "must be the next of an earlier page");
  }

  const filters: SqlCondition[] = [{ sql: "removed_at IS NULL", values: [] }, ...search(q)];
  if (model !== undefined) filters.push({ sql: "model = ?", values: [model] });
  if (starred !== undefined) filters.push({ sql: "starred = ?", values: [Number(starred)] });
  if (tag !== undefined) {
    filters.push({ sql: "number IN (SELECT picture FROM tags WHERE tag = ?)", values: [tag.normalize("NFC")] });
  }
  const { by, after } = ORDERS[order];
  return {
    filter: { sql: filters.map(({ sql }) => sql).join(" AND "), values: filters.flatMap(({ values }) => values) },
    page: cursor === undefined
      ? { sql: "TRUE", values: [] }
      : { sql: after, values: Array<number>(after.split("?").length - 1).fill(Number(cursor)) },
    order: by,
    limit,
  };
}

/** `ORDER BY` of each order, and what comes after the picture whose number is given. */
const ORDERS: Readonly<Record<GalleryOrder, { readonly by: string; readonly after: string }>> = {
  newest: { by: "number DESC", after: "number < ?" },
  oldest: { by: "number ASC", after: "number > ?" },
  model: {
    by: "model ASC, number DESC",
    after: "(model, -number) > ((SELECT model FROM pictures WHERE number = ?), -?)",
  },
  rating: {
    by: "starred DESC, number DESC",
    after: "(starred, number) < ((SELECT starred FROM pictures WHERE number = ?), ?)",
  },
};

/** What a word of a search may be looked for in, by its prefix. */
const SEARCH: Readonly<Record<string, (word: string) => SqlCondition | undefined>> = {
  model: (word) => ({ sql: "model LIKE ? ESCAPE '\\'", values: [`%${escapeLike(word)}%`] }),
  tag: (word) => ({
    sql: "number IN (SELECT picture FROM tags WHERE tag LIKE ? ESCAPE '\\')",
    values: [`%${escapeLike(word)}%`],
  }),
  seed: (word) => /^\d+$/.test(word) ? { sql: "seed = ?", values: [Number(word)] } : undefined,
  sha256: (word) =>
    /^[0-9a-f]{4,}$/i.test(word) ? { sql: "decoder_sha256 LIKE ?", values: [`${word.toLowerCase()}%`] } : undefined,
};

/** Conditions of a search: every word must be found in some part of the recipe or in a tag. */
function search(text: string): SqlCondition[] {
  return text.normalize("NFC").split(/\s+/).filter((word) => word !== "").map((word) => {
    const [, prefix, rest] = /^(\w+):(.+)$/.exec(word) ?? [];
    const kinds = prefix !== undefined && Object.hasOwn(SEARCH, prefix) ? [prefix] : Object.keys(SEARCH);
    const parts = kinds.map((kind) => SEARCH[kind]!(kinds.length === 1 ? rest! : word)).filter((part) =>
      part !== undefined
    );
    if (parts.length === 0) return { sql: "FALSE", values: [] };
    return { sql: `(${parts.map(({ sql }) => sql).join(" OR ")})`, values: parts.flatMap(({ values }) => values) };
  });
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
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
