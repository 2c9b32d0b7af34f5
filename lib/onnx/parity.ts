/** Compares exported ONNX graphs with the engine that trained them, before anyone gets to see the files. */
import { LatentboardError } from "../errors.ts";
import type { ExportCertificate } from "../model/format.ts";

/** Encodes and decodes in one engine. */
export interface ParitySide {
  /** The posterior of pictures. `pixels` is uint8 `[count, height, width, channels]` */
  encode(pixels: Uint8Array, count: number): Promise<{ mu: Float32Array; logvar: Float32Array }>;
  /** What the decoder says of latents. `z` is `[count, latentDim]` */
  decode(z: Float32Array, count: number): Promise<{ logits: Float32Array; image: Float32Array; logvar?: Float32Array }>;
}

/** What {@linkcode checkParity} compares. */
export interface ParityInput {
  /** The training engine: what is right. */
  readonly engine: ParitySide & {
    /** For the certificate, such as `tensorflow 2.21.0`. */
    readonly name: string;
    /** How far each code is from becoming another one, `[count, codes]`; where there are codes. */
    codeMargins?(pixels: Uint8Array, count: number): Promise<Float32Array>;
  };
  readonly onnx: ParitySide;
  readonly pixels: Uint8Array;
  readonly count: number;
}

/** What the differences must stay within: `image` absolute, the others relative to the engine's largest magnitude. */
export const PARITY_LIMITS: ExportCertificate["limits"] = { image: 1e-5, relative: 1e-4 };

/**
 * Runs the same pictures through both sides, and the engine's mu through both decoders.
 *
 * @returns the certificate for model.json
 * @throws {LatentboardError} kind `damaged` when an output differs by more than {@linkcode PARITY_LIMITS}, holds a
 * number that is not finite, or has another size; names the output, the index and both values
 */
export async function checkParity({ engine, onnx, pixels, count }: ParityInput): Promise<ExportCertificate> {
  if (count < 1) throw new RangeError(`Cannot compare the export on ${count} pictures: at least one is needed`);
  const [posterior, exported] = [await engine.encode(pixels, count), await onnx.encode(pixels, count)];
  const relative = PARITY_LIMITS.relative;
  const margins = await engine.codeMargins?.(pixels, count);
  if (margins !== undefined) compareCodes(posterior.mu, exported.mu, margins);
  const codes = margins === undefined
    ? {}
    : { codes: { compared: margins.length, ties: margins.filter(isTie).length } };
  const mu = margins === undefined ? exported.mu : posterior.mu; // codes are equal but at ties
  const muMaxRelative = compare("mu", posterior.mu, mu, relative, magnitude(posterior.mu));
  compare("logvar", posterior.logvar, exported.logvar, relative, magnitude(posterior.logvar));
  const [ours, theirs] = [await engine.decode(posterior.mu, count), await onnx.decode(posterior.mu, count)];
  const logitsMaxRelative = compare("logits", ours.logits, theirs.logits, relative, magnitude(ours.logits));
  const imageMaxAbsolute = compare("image", ours.image, theirs.image, PARITY_LIMITS.image, 1);
  if (ours.logvar !== undefined) {
    const logvar = theirs.logvar ?? new Float32Array();
    compare("the pixels' logvar", ours.logvar, logvar, relative, magnitude(ours.logvar));
  }
  return {
    engine: engine.name,
    samples: count,
    imageMaxAbsolute,
    logitsMaxRelative,
    muMaxRelative,
    ...codes,
    limits: PARITY_LIMITS,
  };
}

/** A code so near to becoming another one that rounding decides. */
const isTie = (margin: number) => margin < 1e-4;

/** Codes are whole numbers: they are equal, or wrong, but where the engine itself is at a tie. */
function compareCodes(engine: Float32Array, onnx: Float32Array, margins: Float32Array): void {
  const wrong = engine.findIndex((code, i) => code !== onnx[i] && !isTie(margins[i]!));
  if (wrong < 0 && engine.length === onnx.length) return;
  throw refusal(`code ${wrong} is ${engine[wrong]} in the training engine and ${onnx[wrong]} in ONNX`);
}

/** The largest difference over `scale`; a difference that is not within the limit, NaN included, is refused. */
function compare(output: string, engine: Float32Array, onnx: Float32Array, limit: number, scale: number): number {
  if (engine.length !== onnx.length) {
    throw refusal(`${output} has ${engine.length} numbers in the training engine and ${onnx.length} in ONNX`);
  }
  let largest = 0, where = 0;
  for (let i = 0; i < engine.length; i++) {
    const difference = Math.abs(engine[i]! - onnx[i]!);
    if (!Number.isFinite(difference)) {
      throw refusal(`${output}[${i}] is ${engine[i]} in the training engine and ${onnx[i]} in ONNX`);
    }
    if (difference > largest) [largest, where] = [difference, i];
  }
  const error = largest / scale;
  if (error <= limit) return error;
  throw refusal(
    `${output}[${where}] is ${engine[where]} in the training engine and ${onnx[where]} in ONNX, a difference of ${
      error.toExponential(2)
    } where ${limit} is allowed`,
  );
}

/** The largest magnitude; at least a tiny one, so that all zeros can be divided by. */
function magnitude(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12);
}

function refusal(detail: string): LatentboardError {
  return new LatentboardError(
    "damaged",
    `The export was refused, nothing was published: ${detail}; the checkpoint is kept, export it again`,
  );
}
