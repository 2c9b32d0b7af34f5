/** How a picture was made, as PNG metadata: enough to make the same picture again. */
import { LatentboardError } from "../errors.ts";
import { fromBase64, toBase64 } from "../latent/mod.ts";
import { MODEL_NAME } from "../model/name.ts";
import { MAX_TEMPERATURE, type SampleOrigin, SAMPLER_NAMES } from "../protocol.ts";

/** How a picture was made. */
export interface Recipe extends SampleOrigin {
  readonly model: string;
  /** SHA-256 of its decoder.onnx, hexadecimal: a model of that name may be another one later. */
  readonly decoderSha256: string;
  /** `[latentDim]`, the exact float32 numbers that were decoded. */
  readonly z: Float32Array;
}

/** Of the format that this code writes. */
export const RECIPE_VERSION = 1;

const KEYWORD = "Latentboard";
const SHA256 = /^[0-9a-f]{64}$/;
const MAX_CHARACTERS = 1 << 20;

/**
 * A recipe as the texts of a PNG, by keyword.
 *
 * @throws {LatentboardError} `invalid`, naming the field
 */
export function writeRecipe(recipe: Recipe): Record<string, string> {
  const { model, decoderSha256, z, seed, temperature, sampler } = checkRecipe(recipe);
  const json = { version: RECIPE_VERSION, model, decoderSha256, z: toBase64(z), seed, temperature, sampler };
  return { Software: KEYWORD, [KEYWORD]: JSON.stringify(json) };
}

/**
 * Finds a recipe among the texts of a PNG, by keyword. The texts may come from anyone.
 *
 * @throws {LatentboardError} `damaged` when it has one that can't be read, `unsupported` when a later version wrote it
 */
export function readRecipe(texts: Record<string, string>): Recipe | undefined {
  const text = Object.hasOwn(texts, KEYWORD) ? texts[KEYWORD] : undefined;
  if (text === undefined) return undefined;
  let value: Record<string, unknown>;
  try {
    if (text.length > MAX_CHARACTERS) throw new RangeError(`Cannot read a recipe of ${text.length} characters`);
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) throw new TypeError("Cannot read a recipe: it is no object");
    value = parsed as Record<string, unknown>;
  } catch (cause) {
    throw damaged(cause);
  }
  if (typeof value.version === "number" && value.version > RECIPE_VERSION) {
    throw new LatentboardError(
      "unsupported",
      "This picture's recipe was written by a newer Latentboard: update this one",
    );
  }
  try {
    const { version, model, decoderSha256, z, seed, temperature, sampler } = value;
    if (version !== RECIPE_VERSION) throw new TypeError(`Cannot read a recipe of version ${version}`);
    if (typeof model !== "string" || typeof decoderSha256 !== "string" || typeof z !== "string") {
      throw new TypeError("Cannot read a recipe: model, decoderSha256 and z must be text");
    }
    const origin = Object.fromEntries(
      Object.entries({ seed, temperature, sampler }).filter(([, part]) => part !== undefined),
    ) as SampleOrigin; // checked next
    return checkRecipe({ model, decoderSha256, z: fromBase64(z), ...origin });
  } catch (cause) {
    throw damaged(cause);
  }
}

/**
 * Returns a recipe that is sound.
 *
 * @throws {LatentboardError} `invalid`, naming the field
 */
export function checkRecipe(recipe: Recipe): Recipe {
  const { model, decoderSha256, z, seed, temperature, sampler } = recipe;
  if (!MODEL_NAME.test(model)) throw invalid("model", "must be a model's name");
  if (!SHA256.test(decoderSha256)) throw invalid("decoderSha256", "must be 64 hexadecimal digits");
  if (z.length === 0 || !z.every(Number.isFinite)) throw invalid("z", "must be one finite number per latent dimension");
  if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0)) {
    throw invalid("seed", "must be a whole number from 0");
  }
  if (temperature !== undefined && !(temperature >= 0 && temperature <= MAX_TEMPERATURE)) {
    throw invalid("temperature", `must be a number from 0 to ${MAX_TEMPERATURE}`);
  }
  if (sampler !== undefined && !SAMPLER_NAMES.includes(sampler)) {
    throw invalid("sampler", `must be one of ${SAMPLER_NAMES.join(", ")}`);
  }
  return recipe;
}

function invalid(field: string, fault: string): LatentboardError {
  return new LatentboardError("invalid", `${field} ${fault}`, { field });
}

function damaged(cause: unknown): LatentboardError {
  return new LatentboardError("damaged", "This picture's recipe can't be read: encode the picture instead", { cause });
}
