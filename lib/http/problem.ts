/** Errors as HTTP responses (RFC 9457), made in this one place. */
import { HttpError } from "fresh";
import { type FaultKind, LatentboardError } from "../errors.ts";
import { log } from "../log.ts";
import type { Problem } from "../protocol.ts";
import { storageFault } from "../system/storage.ts";

const STATUS: Readonly<Record<FaultKind, number>> = {
  "invalid": 400,
  "unauthorized": 401,
  "forbidden": 403,
  "not-found": 404,
  "conflict": 409,
  "gone": 410,
  "too-large": 413,
  "unsupported": 415,
  "damaged": 422,
  "unavailable": 503,
  "storage": 507,
};

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
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
  507: "Insufficient Storage",
};

/** For HTTP errors that bring no message of their own. */
const DETAILS: Readonly<Record<number, string>> = {
  403: "This request came from another site: open Latentboard itself and try there",
  404: "There is nothing at this address: /openapi.json lists what there is",
  405: "This address does not take that method: /openapi.json lists which it takes",
};

/**
 * An error as a problem. Messages of Latentboard's own errors reach the client; any other error is logged with its
 * stack, and the client learns only that it happened.
 */
export function toProblem(thrown: unknown): Problem {
  const error = storageFault(thrown) ?? thrown;
  if (error instanceof LatentboardError) {
    const { kind, message, field, cause } = error;
    if (kind === "unavailable" || kind === "storage") log.warn(message, cause === undefined ? {} : { cause });
    return makeProblem(STATUS[kind], message, field);
  }
  if (error instanceof HttpError && error.status < 500) {
    const { status, message } = error;
    const isDefault = message === "" || message === TITLES[status];
    return makeProblem(status, (isDefault ? DETAILS[status] : undefined) ?? (message || titleOf(status)));
  }
  log.error("Cannot answer a request", { error });
  return makeProblem(500, "Internal server error");
}

export function makeProblem(status: number, detail: string, field?: string): Problem {
  return { type: "about:blank", title: titleOf(status), status, detail, ...(field === undefined ? {} : { field }) };
}

/** @param extensions further members of the body, such as the `error` that the Open Inference Protocol asks for */
export function problemResponse(problem: Problem, extensions: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify({ ...problem, ...extensions }), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      ...(problem.status === 401 ? { "www-authenticate": 'Bearer realm="Latentboard"' } : {}),
      ...(problem.status === 503 ? { "retry-after": "5" } : {}),
    },
  });
}

function titleOf(status: number): string {
  return TITLES[status] ?? (status < 500 ? "Request Refused" : "Internal Server Error");
}
