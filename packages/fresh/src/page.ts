import type { PageResponse } from "./types.ts";

/**
 * Gives data to the page's component, which then renders the response.
 *
 * @param data Becomes `props.data`.
 * @param options Status and headers of the rendered response.
 */
export function page<T>(data: T, options?: { headers?: HeadersInit; status?: number }): PageResponse<T>;
/** Renders the page's component without data. */
export function page(): PageResponse<undefined>;
export function page<T>(data?: T, options?: { headers?: HeadersInit; status?: number }): PageResponse<T | undefined> {
  return { data, headers: options?.headers, status: options?.status };
}
