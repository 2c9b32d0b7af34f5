/** Errors as HTTP answers (RFC 9457), made in this one place. */
import { HttpError } from "fresh";
import { type FaultKind, LatentboardError } from "../errors.ts";
import { log } from "../log.ts";
import type { Problem } from "../protocol.ts";

const STATUS: Readonly<Record<FaultKind, number>> = {
  "invalid": 400,
  "forbidden": 403,
  "not-found": 404,
  "conflict": 409,
  "gone": 410,
  "too-large": 413,
  "unsupported": 415,
  "damaged": 422,
  "unavailable": 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** What is said where an HTTP error brings no words of its own. */
const HINTS: Readonly<Record<number, string>> = {
  403: "This request came from another site: open Latentboard itself and try there",
  404: "There is nothing at this address: /openapi.json lists what there is",
  405: "This address does not take that method: /openapi.json lists which it takes",
};

/**
 * An error in the words of problem+json. What Latentboard knows is told to the client as it is; anything else is
 * written to the log with its stack, and the client learns only that it happened.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof LatentboardError) {
    if (error.kind === "unavailable") log.warn(error.message, causeOf(error));
    return makeProblem(STATUS[error.kind], error.message, error.field);
  }
  if (error instanceof HttpError && error.status < 500) {
    const { status, message } = error;
    const isDefault = message === "" || message === TITLES[status];
    return makeProblem(status, (isDefault ? HINTS[status] : undefined) ?? (message || titleOf(status)));
  }
  log.error("Cannot answer a request", { error });
  return makeProblem(500, "Internal server error");
}

/** A problem of one status. */
export function makeProblem(status: number, detail: string, field?: string): Problem {
  return { type: "about:blank", title: titleOf(status), status, detail, ...(field === undefined ? {} : { field }) };
}

/**
 * The answer that tells a problem.
 *
 * @param extensions further members of the body, such as the `error` that the Open Inference Protocol asks for
 */
export function problemAnswer(problem: Problem, extensions: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify({ ...problem, ...extensions }), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      ...(problem.status === 503 ? { "retry-after": "5" } : {}),
    },
  });
}

function titleOf(status: number): string {
  return TITLES[status] ?? (status < 500 ? "Request Refused" : "Internal Server Error");
}

function causeOf(error: Error): Record<string, unknown> {
  return error.cause === undefined ? {} : { cause: error.cause };
}
