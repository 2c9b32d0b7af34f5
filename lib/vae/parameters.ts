/** Parameters as plain arrays: what training starts from, checkpoints hold and the exporter reads. */
import { philox } from "../latent/sample.ts";
import type { Model } from "./families/family.ts";
import { type ParameterSpec, product } from "./layers.ts";

/** One parameter's numbers in row-major order. */
export interface ParameterValue {
  readonly shape: readonly number[];
  /** `product(shape)` numbers. */
  readonly data: Float32Array;
}

/** Every parameter by its name. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/**
 * The parameters that a run starts with. Each is drawn from its own stream, keyed by the seed and its name, so that
 * adding a layer changes no other one; the numbers are the same on every machine.
 *
 * @throws {RangeError} when the seed is not one
 */
export function initialParameters(model: Model, seed: number): ParameterValues {
  return drawParameters(model.parameters, seed);
}

/**
 * First values of some parameters, drawn as {@linkcode initialParameters} draws a model's.
 *
 * @param specs names, shapes and initialisers
 * @throws {RangeError} when the seed is not one
 */
export function drawParameters(specs: readonly ParameterSpec[], seed: number): ParameterValues {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new RangeError(`Cannot draw parameters from seed ${seed}: it must be a whole number from 0 to 2^32 - 1`);
  }
  return Object.fromEntries(specs.map((spec) => [spec.name, { shape: spec.shape, data: draw(spec, seed) }]));
}

/**
 * Checks that parameters are those of a model.
 *
 * @throws {TypeError} naming the first that is missing, left over or of another shape
 */
export function checkParameters(model: Model, parameters: ParameterValues): void {
  const specs = model.parameters;
  for (const { name, shape } of specs) {
    const found = parameters[name];
    if (found === undefined) throw new TypeError(`Cannot use these parameters: "${name}" is missing`);
    if (String(found.shape) !== String(shape) || found.data.length !== product(shape)) {
      throw new TypeError(`Cannot use these parameters: "${name}" is [${found.shape}], it must be [${shape}]`);
    }
  }
  const known = new Set(specs.map(({ name }) => name));
  const extra = Object.keys(parameters).find((name) => !known.has(name));
  if (extra !== undefined) throw new TypeError(`Cannot use these parameters: no layer has "${extra}"`);
}

function draw({ name, shape, initializer }: ParameterSpec, seed: number): Float32Array {
  const data = new Float32Array(product(shape));
  if (initializer.kind === "constant") return data.fill(initializer.value);
  const { kind, fanIn, fanOut } = initializer;
  const limit = Math.sqrt(6 / (kind === "heUniform" ? fanIn : fanIn + fanOut));
  const key = [seed, hash(name)] as const;
  for (let i = 0; i < data.length; i += 4) {
    const words = philox([i / 4, 0, 0, 0], key);
    for (let j = 0; j < 4 && i + j < data.length; j++) data[i + j] = limit * ((words[j]! + 0.5) / 2 ** 31 - 1);
  }
  return data;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
