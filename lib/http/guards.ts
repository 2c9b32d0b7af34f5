/** Refuses requests that come over another site, by their Host or their origin, and paths that can't be decoded. */
import { LatentboardError } from "../errors.ts";
import { secureHeaders } from "./headers.ts";
import type { Settings } from "../settings.ts";
import { makeProblem, problemResponse } from "./problem.ts";

/** The host names of the server: the address that it listens on, and further names in lower case without a port. */
export type HostRules = Pick<Settings, "host" | "allowedHosts">;

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const EVERY_ADDRESS = new Set(["0.0.0.0", "::", "[::]"]);
const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

/**
 * Whether a Host header names this server. A page of another site whose name was made to point here (DNS rebinding)
 * sends its own name, and its Origin agrees with it, so that only a list of names can tell it apart.
 *
 * The loopback names always pass; so do the listening address and `allowedHosts`. A server that listens on every
 * address answers to any IP address as well: an address can't be rebound.
 *
 * @param header `name`, `name:port`, `[ipv6]` or `[ipv6]:port`
 */
export function isAllowedHost(header: string, rules: HostRules): boolean {
  const name = hostName(header);
  if (name === undefined) return false;
  if (LOOPBACK.has(name) || rules.allowedHosts.some((allowed) => hostName(allowed) === name)) return true;
  if (EVERY_ADDRESS.has(rules.host)) return IP_ADDRESS.test(name);
  return name === hostName(rules.host.includes(":") ? `[${rules.host.replace(/^\[|\]$/g, "")}]` : rules.host);
}

/** The name in a Host header, lower-case, without port or a final dot; undefined where it is none. */
function hostName(header: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?(?::\d{1,5})?$/.exec(header.toLowerCase());
  return match?.[1];
}

/**
 * A 421 for a request that names another host, or undefined when it names this one.
 */
export function refuseHost(request: Request, rules: HostRules): Response | undefined {
  const named = new URL(request.url).host;
  const header = request.headers.get("host") ?? named; // an HTTP/2 request has its name in the URL alone
  if (isAllowedHost(header, rules) && isAllowedHost(named, rules)) return undefined;
  return problemResponse(
    makeProblem(421, "Latentboard does not answer to this host name: start it with --allow-host <name>", "host"),
  );
}

/**
 * Refuses what another site's page asks for, such as an event stream that it opens here (Fetch Metadata, "resource
 * isolation"). Following a link from elsewhere passes; so does whatever is not a browser.
 *
 * @throws {LatentboardError} `forbidden`
 */
export function refuseCrossSite(request: Request): void {
  const { headers, method } = request;
  if (headers.get("sec-fetch-site") !== "cross-site") return;
  const opensPage = headers.get("sec-fetch-mode") === "navigate" && (method === "GET" || method === "HEAD") &&
    !["object", "embed", "iframe", "frame"].includes(headers.get("sec-fetch-dest") ?? "");
  if (opensPage) return;
  throw new LatentboardError(
    "forbidden",
    "This request came from another site: open Latentboard itself and try there",
  );
}

/**
 * A 400 for an address that can't be read: a `Host` with an impossible port, or a path with an escape that is none, such
 * as `%E0%A4%A`; undefined for any other. Fresh reads both before it runs any middleware and throws there, so this is
 * called before the app.
 */
export function refuseMalformedAddress(request: Request): Response | undefined {
  if (!URL.canParse(request.url)) return refuseAddress("/", "The Host header must be a name, and a port below 65536");
  const { pathname } = new URL(request.url);
  try {
    decodeURIComponent(pathname);
    return undefined;
  } catch {
    const detail = "This address has a % that is not part of a UTF-8 escape: write %25 for the character itself";
    return refuseAddress(pathname, detail);
  }
}

function refuseAddress(pathname: string, detail: string): Response {
  const response = problemResponse(makeProblem(400, detail));
  secureHeaders(pathname, response.headers);
  return response;
}
