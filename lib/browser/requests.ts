/** Requests to Latentboard's own API: the one place that turns what can go wrong into a sentence. */
import { getBackend } from "./backend.ts";
import type { Problem } from "../protocol.ts";

/** A failed request, in words for the person at the screen; `status` is 0 where no response came. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  /** @param field of the request that is at fault, where it is one */
  constructor(message: string, readonly status: number, readonly field?: string) {
    super(message);
  }
}

/**
 * Sends a request and resolves with its response if that is a success.
 *
 * @throws {RequestError} when the server cannot be reached or responds with a problem
 * @throws {DOMException} `AbortError` when `init.signal` was aborted
 */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await getBackend().fetch(path, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new RequestError("The server can't be reached. What you set is kept; try again when it is back", 0);
  }
  if (response.ok) return response;
  const problem = await readProblem(response);
  throw new RequestError(detailOf(problem, response), response.status, problem.field);
}

/** Posts a body as JSON; `headers.accept` chooses what comes back. Errors as {@linkcode send} throws them. */
export function postJson(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return send(path, {
    method: "POST",
    ...init,
    headers: { "content-type": "application/json", ...init.headers },
    body: JSON.stringify(body),
  });
}

/** Sends JSON and reads JSON; errors as {@linkcode send} throws them. */
export async function sendJson<T>(path: string, body: unknown, init?: RequestInit): Promise<T> {
  return await (await postJson(path, body, init)).json() as T;
}

/** The sentence of a problem+json response, or its status where it has none. */
export async function problemText(response: Response): Promise<string> {
  return detailOf(await readProblem(response), response);
}

async function readProblem(response: Response): Promise<Partial<Problem>> {
  return await response.json().catch(() => ({}));
}

function detailOf({ detail }: Partial<Problem>, { status }: Response): string {
  return detail ?? `The server responded with status ${status}; try again`;
}

/** Whether an error only says that the work was cancelled. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** What to show of an error. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
