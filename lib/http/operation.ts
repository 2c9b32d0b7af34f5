/** What /openapi.json says of one operation. */
import type { ResponseName } from "./responses.ts";
import type { Schema } from "./schema.ts";

/** What a request may do: the owner everything, a guest what changes nothing. */
export type Role = "owner" | "guest";

/** One operation of the API. */
export interface Operation {
  readonly summary: string;
  /** Who may use it. By default guests may what is a GET, the owner alone all else. */
  readonly role?: Role | "anyone";
  /** A JSON body. */
  readonly body?: Schema<unknown>;
  readonly maxBytes?: number;
  /** The media types of a body that is not JSON. */
  readonly upload?: readonly string[];
  readonly query?: Schema<unknown>;
  /** 200 by default. */
  readonly status?: number;
  /** A JSON response. */
  readonly response?: ResponseName;
  /** Further media types of the response. */
  readonly types?: readonly string[];
  /** Error statuses besides 500 and those that every body or query has. */
  readonly errors?: readonly number[];
}
