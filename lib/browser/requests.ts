/** Requests of the browser to Latentboard's own API: one place that turns what can go wrong into a sentence. */
import type { Problem } from "../protocol.ts";

/** An answer other than success, in words for the person at the screen. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  /**
   * @param message a sentence to show
   * @param status the HTTP status, 0 when the server did not answer at all
   */
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

/**
 * Sends a request and gives back its answer when it succeeded.
 *
 * @throws {RequestError} when the server is away or answers with a problem
 * @throws {DOMException} `AbortError` when `init.signal` was aborted
 */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new RequestError("The server is away. What you set is kept; try again when it is back", 0);
  }
  if (response.ok) return response;
  throw new RequestError(await problemText(response), response.status);
}

/** Sends JSON and reads JSON; errors as {@linkcode send} throws them. */
export async function sendJson<T>(path: string, body: unknown, init: RequestInit = {}): Promise<T> {
  const response = await send(path, {
    method: "POST",
    ...init,
    headers: { "content-type": "application/json", ...init.headers },
    body: JSON.stringify(body),
  });
  return await response.json() as T;
}

/** The sentence of a problem+json answer, or its status where it has none. */
export async function problemText(response: Response): Promise<string> {
  try {
    const problem = await response.json() as Partial<Problem>;
    if (typeof problem.detail === "string") return problem.detail;
  } catch { /* not JSON: the status must do */ }
  return `The server answered ${response.status}; try again`;
}

/** Whether an error only says that the work was called off. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** What to show of an error. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
