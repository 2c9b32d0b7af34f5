/** Which latents a traversal decodes. */
import { LatentboardError } from "../errors.ts";
import { latentDimensions, latentDimOf } from "../inference/mod.ts";
import { traverse } from "../latent/mod.ts";
import type { ModelDocument } from "../model/mod.ts";
import { MAX_PICTURES, type TraverseRequest } from "../protocol.ts";
import { flattenLatents, toRows } from "./pictures.ts";

/** The latents of all lines, one line after the other, and the lines in the order that was asked for. */
export interface TraversalPlan {
  readonly z: readonly (readonly number[])[];
  readonly lines: readonly { readonly dimension: number; readonly values: readonly number[] }[];
}

/**
 * Lays out a traversal.
 *
 * @throws {LatentboardError} `invalid` when z or a dimension doesn't fit the model, or there are too many pictures
 */
export function planTraversal(request: TraverseRequest, document: ModelDocument): TraversalPlan {
  const latentDim = latentDimOf(document);
  const known = latentDimensions(document);
  const { dimensions = known.map(({ index }) => index), steps = 7 } = request;
  const origin = request.z === undefined ? new Float32Array(latentDim) : flattenLatents([request.z], latentDim, "z");

  const lines = dimensions.map((dimension, i) => {
    const range = known[dimension];
    if (range === undefined) {
      throw new LatentboardError("invalid", `dimensions[${i}] must be at most ${latentDim - 1}: it is ${dimension}`, {
        field: `dimensions[${i}]`,
      });
    }
    return { dimension, values: request.values ?? evenlySpaced(range.minimum, range.maximum, steps) };
  });
  const count = lines.length * lines[0]!.values.length;
  if (count > MAX_PICTURES) {
    throw new LatentboardError(
      "invalid",
      `This traversal has ${count} pictures, the most are ${MAX_PICTURES}: ask for fewer dimensions or values`,
      { field: request.values === undefined ? "steps" : "values" },
    );
  }
  const z = lines.flatMap(({ dimension, values }) => toRows(traverse(origin, dimension, values), latentDim));
  return { z, lines };
}

function evenlySpaced(minimum: number, maximum: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => minimum + (maximum - minimum) * i / (count - 1));
}
