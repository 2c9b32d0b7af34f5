/**
 * Errors whose messages people see. They are thrown where the fault is known, and mapped once to HTTP
 * (lib/http/problem.ts) and once to an exit code (lib/cli).
 */

/** The kinds of fault; each maps to one HTTP status. */
export type FaultKind =
  | "invalid" // 400: the request or option is wrong
  | "unauthorized" // 401: a token is missing
  | "forbidden" // 403: refused by a guard
  | "not-found" // 404: nothing of that name
  | "conflict" // 409: the name is taken, or another writer holds the home
  | "gone" // 410: the stream has ended or the picture was deleted
  | "too-large" // 413: more bytes or pixels than allowed
  | "unsupported" // 415: a type that is not read
  | "damaged" // 422: a file that is truncated, altered or of another kind than it says
  | "storage" // 507: the disk is full, or can't be written
  | "unavailable"; // 503: a part is missing or busy

/** An error whose message is shown to people: it says what is wrong and what to do next. */
export class LatentboardError extends Error {
  override readonly name: string = "LatentboardError";
  /** The faulty field, key or option, if any. */
  readonly field: string | undefined;

  /**
   * @param message one sentence, with no full stop, shown as it is
   * @param details `field` names the faulty field or option, `cause` keeps the original error for the log
   */
  constructor(readonly kind: FaultKind, message: string, details: { field?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.field = details.field;
  }
}
