/** What kinds of numbers a latent vector holds. */

/** A part of the latent vector, as model.json describes it. */
export interface LatentPart {
  readonly name: string;
  readonly kind: "gaussian" | "codes" | "label";
  readonly shape: readonly number[];
  readonly prior: { readonly parameters: Readonly<Record<string, unknown>> };
}

/**
 * How many values each number of z takes where it is a code or a label, 0 where it is continuous.
 *
 * @throws {TypeError} when a latent of codes doesn't say
 */
export function latentLevels(latents: readonly LatentPart[]): number[] {
  return latents.flatMap(({ name, kind, shape, prior }) => {
    const levels = kind === "gaussian" ? 0 : prior.parameters.levels;
    if (typeof levels !== "number") {
      throw new TypeError(`Cannot read model.json: latents: "${name}" doesn't say how many values it takes`);
    }
    return new Array<number>(sizeOf(shape)).fill(levels);
  });
}

/** The product of a shape's lengths. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
