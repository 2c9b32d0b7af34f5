/**
 * What can go wrong in Latentboard's own terms. Errors are made here once, where the fault is known, and mapped once
 * to HTTP (lib/http/problem.ts) and once to an exit code (lib/cli).
 */

/** The kinds of fault a person can be told about; each maps to one HTTP status. */
export type FaultKind =
  | "invalid" // 400: the request or option is wrong
  | "forbidden" // 403: refused by a guard
  | "not-found" // 404: nothing of that name
  | "conflict" // 409: the name is taken, or another writer holds the home
  | "gone" // 410: the stream or deleted picture is no more
  | "too-large" // 413: more bytes or pixels than allowed
  | "unsupported" // 415: a type that is not read
  | "damaged" // 422: a file that is truncated, altered or not what it says
  | "unavailable"; // 503: a part is missing or busy

/** An error whose message may be shown to a person: it names what is wrong and what to do next. */
export class LatentboardError extends Error {
  /** Always "LatentboardError", also in a class that extends it. */
  override readonly name: string = "LatentboardError";

  /**
   * Makes an error.
   *
   * @param kind what kind of fault it is
   * @param message one sentence, with no full stop, that says what to do next; shown to the person as it is
   * @param details `field` names the faulty field or option, `cause` keeps the original error for the log
   */
  constructor(readonly kind: FaultKind, message: string, details: { field?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.field = details.field;
  }

  /** The faulty field, key or option, where there is one. */
  readonly field: string | undefined;
}
