/** Who may do what: the owner everything, a guest what changes nothing. Each has a token of 192 random bits. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { LatentboardError } from "../errors.ts";
import { log } from "../log.ts";
import type { Settings } from "../settings.ts";
import type { Role } from "./operation.ts";

/** The part of the settings that says who is let in. */
export type AccessSettings = Pick<Settings, "host" | "token" | "guestToken" | "insecure">;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

/** The query of a link that lets in, and the cookie that stands for it afterwards. */
const QUERY = "token";
/** A year: a token ends with its server, or when the person changes it. */
const COOKIE_SECONDS = 365 * 24 * 60 * 60;

/** Lets requests in by their token: in a link, once, then in a cookie; or as `Authorization: Bearer`. */
export class Access {
  readonly #tokens: ReadonlyMap<Role, string>;

  private constructor(tokens: ReadonlyMap<Role, string>) {
    this.#tokens = tokens;
  }

  /**
   * Access by the settings: everyone is the owner on a loopback address without tokens, and where tokens were waived.
   * Beyond loopback tokens are made where none were given.
   */
  static create({ host, token, guestToken, insecure }: AccessSettings): Access {
    const isLocal = LOOPBACK.test(host);
    if (insecure) {
      if (!isLocal) log.warn("Everyone who reaches this server may change and delete everything on it (--insecure)");
      return new Access(new Map());
    }
    if (isLocal && token === undefined && guestToken === undefined) return new Access(new Map());
    return new Access(new Map<Role, string>([["owner", token ?? makeToken()], ["guest", guestToken ?? makeToken()]]));
  }

  /** Whether a token is asked for. */
  get isGuarded(): boolean {
    return this.#tokens.size > 0;
  }

  /** The links that let in, by role; empty where nobody is asked for a token. */
  links(origin: string): ReadonlyMap<Role, string> {
    return new Map([...this.#tokens].map(([role, token]) => [role, `${origin}/?${QUERY}=${token}`]));
  }

  /** What a request may do; undefined where it brings no token, or a wrong one. */
  roleOf(request: Request, url: URL): Role | undefined {
    if (!this.isGuarded) return "owner";
    const bearer = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    return this.#roleOfToken(bearer ?? cookieOf(request, cookieName(url)));
  }

  /** For a page's link with a right token: the same address without it, and a cookie that stands for it. */
  welcome(method: string, url: URL): Response | undefined {
    const token = url.searchParams.get(QUERY);
    if (token === null || method !== "GET" || this.#roleOfToken(token) === undefined) return undefined;
    const clean = new URL(url);
    clean.searchParams.delete(QUERY);
    const cookie = [
      `${cookieName(url)}=${token}`,
      "Path=/",
      "HttpOnly",
      "SameSite=Lax",
      `Max-Age=${COOKIE_SECONDS}`,
      ...(url.protocol === "https:" ? ["Secure"] : []),
    ];
    return new Response(null, {
      status: 303,
      headers: {
        location: clean.pathname + clean.search,
        "set-cookie": cookie.join("; "),
        "cache-control": "no-store",
      },
    });
  }

  #roleOfToken(given: string | undefined): Role | undefined {
    if (given === undefined) return undefined;
    let found: Role | undefined;
    for (const [role, token] of this.#tokens) if (isSame(given, token)) found = role; // all, whatever the first says
    return found;
  }

  /**
   * Refuses a request that may not do what it asks for.
   *
   * @param needed by the operation; `anyone` needs no token
   * @throws {LatentboardError} `unauthorized` without a token, `forbidden` for a guest
   */
  check(role: Role | undefined, needed: Role | "anyone"): void {
    if (needed === "anyone" || role === "owner" || role === needed) return;
    if (role === "guest") {
      throw new LatentboardError("forbidden", "Guests may look and move sliders: ask the owner for the other link");
    }
    throw new LatentboardError(
      "unauthorized",
      "This board needs a token: open the link that its terminal shows, or send Authorization: Bearer <token>",
    );
  }
}

function makeToken(): string {
  return randomBytes(24).toString("base64url");
}

/** In a time that depends on neither: digests are of one length. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Cookies are shared by all ports of a host. */
function cookieName({ port, protocol }: URL): string {
  return `latentboard-${port || (protocol === "https:" ? "443" : "80")}`;
}

function cookieOf(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name) return value;
  }
  return undefined;
}
