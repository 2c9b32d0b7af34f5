/** The board's state as a link. z travels as the 32-bit floats that the decoder gets, so that nothing is rounded. */
import { fromBase64, toBase64 } from "../latent/mod.ts";
import { getBackend } from "./backend.ts";
import { MAX_KEYS, MAX_LATENT_DIM } from "../protocol.ts";
import { type BoardStart, SEED_LIMIT } from "./board_state.ts";

/** What a link to the board carries. */
export interface BoardLink extends Omit<BoardStart, "z"> {
  /** The model's name. */
  readonly model?: string | undefined;
  readonly z?: BoardStart["z"] | undefined;
  /** Key frames of the interpolation strip, at most {@linkcode MAX_KEYS}. */
  readonly keys?: readonly (readonly number[])[] | undefined;
}

const MAX_LATENT_TEXT = Math.ceil(MAX_LATENT_DIM * 4 * 4 / 3);

/** Latents as base64url of little-endian 32-bit floats. */
export function encodeLatents(z: readonly number[]): string {
  return toBase64(z).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The inverse of {@linkcode encodeLatents}; undefined when the text is not 1 to {@linkcode MAX_LATENT_DIM} finite floats. */
export function decodeLatents(text: string): number[] | undefined {
  if (text.length > MAX_LATENT_TEXT || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  try {
    return [...fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"))];
  } catch {
    return undefined;
  }
}

/** A link to the board, as a path with its query. */
export function boardUrl(link: BoardLink): string {
  const query = new URLSearchParams();
  if (link.model !== undefined) query.set("model", link.model);
  if (link.z !== undefined) query.set("z", encodeLatents(link.z));
  if (link.seed !== undefined) query.set("seed", String(link.seed));
  if (link.temperature !== undefined && link.temperature !== 1) query.set("temperature", String(link.temperature));
  if (link.sampler !== undefined && link.sampler !== "prior") query.set("sampler", link.sampler);
  if (link.keys !== undefined) query.set("keys", link.keys.map(encodeLatents).join("."));
  const text = query.toString();
  const path = getBackend().boardPath;
  return text === "" ? path : `${path}?${text}`;
}

/** Parses a link to the board; parts that are missing or invalid are undefined. */
export function parseBoardUrl(url: URL): BoardLink {
  const query = url.searchParams;
  const model = query.get("model");
  const z = query.get("z");
  const seed = query.get("seed");
  const temperature = query.get("temperature");
  const keys = query.get("keys")?.split(".").slice(0, MAX_KEYS).map(decodeLatents);
  return {
    model: model === null || model === "" ? undefined : model,
    z: z === null ? undefined : decodeLatents(z),
    seed: seed !== null && /^\d{1,10}$/.test(seed) && Number(seed) < SEED_LIMIT ? Number(seed) : undefined,
    temperature: temperature !== null && /^[0-2](\.\d{1,4})?$/.test(temperature) && Number(temperature) <= 2
      ? Number(temperature)
      : undefined,
    sampler: query.get("sampler") === "gmm" ? "gmm" : undefined,
    keys: keys?.every((key) => key !== undefined) ? keys : undefined,
  };
}
