/** The headers of every response: what a browser may load, send, embed and remember. */

/** Content-Security-Policy in the form that Fresh's `csp()` takes; see {@linkcode secureHeaders} for the rest of it. */
export const CSP_DIRECTIVES: readonly string[] = [
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

/** Responses of the API are never pages: nothing in them may load or run anything. */
const API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

/** Whether a path belongs to the API: its errors are problem+json and its responses are not pages. */
export function isApiPath(path: string): boolean {
  return /^\/(?:api|v2|health)(?:\/|$)/.test(path) || path === "/openapi.json" || path === "/metrics";
}

/**
 * Sets the headers of a response in place, after Fresh's `csp()` has set its policy.
 *
 * Of several directives of one name browsers take the first: here the last one, the app's own, stays. `'unsafe-inline'`
 * goes, which Fresh leaves on all but rendered pages, and so does `upgrade-insecure-requests`, which would break every
 * page that is served over plain HTTP to another machine.
 */
export function secureHeaders(path: string, headers: Headers): void {
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  if (isApiPath(path) || headers.get("content-type") === "application/problem+json") {
    headers.set("content-security-policy", API_POLICY);
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    return;
  }
  const directives = new Map<string, string>();
  for (const directive of (headers.get("content-security-policy") ?? "default-src 'self'").split(";")) {
    const text = directive.replace(" 'unsafe-inline'", "").trim();
    const name = text.split(" ", 1)[0]!;
    if (name !== "" && name !== "upgrade-insecure-requests") directives.set(name, text);
  }
  headers.set("content-security-policy", [...directives.values()].join("; "));
}
