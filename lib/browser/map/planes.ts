/** The planes on which a map lays the latents of its pictures. */
import type { LatentMap } from "../../latent/map.ts";
import { nearestNeighbours } from "../../latent/neighbours.ts";
import type { Place } from "./view.ts";

/** What the axes are: two of the latents, the two widest directions, or none, with neighbours kept together. */
export type MapAxes =
  | { readonly kind: "latents"; readonly x: number; readonly y: number }
  | { readonly kind: "pca" }
  | { readonly kind: "umap" };

/** Where the pictures lie. */
export interface MapPlane {
  readonly axes: MapAxes;
  /** `[count × 2]`. */
  readonly points: Float32Array;
  /** Where any latent lies. */
  readonly place: (z: ArrayLike<number>) => Place;
  /** The share of the variance that the plane keeps, 0 to 1; undefined where that means nothing. */
  readonly kept?: number;
}

/** Neighbours between which a latent is placed on a plane that only its pictures have coordinates on. */
const PLACING_NEIGHBOURS = 5;

/** The axes that a map opens with. */
export function openingAxes({ latentDim }: Pick<LatentMap, "latentDim">): MapAxes {
  return latentDim > 2 ? { kind: "pca" } : { kind: "latents", x: 0, y: latentDim - 1 };
}

/** The plane of two latents. */
export function latentPlane(map: LatentMap, x: number, y: number): MapPlane {
  const { count, latentDim, latents } = map;
  const points = new Float32Array(count * 2);
  for (let index = 0; index < count; index++) {
    points[index * 2] = latents[index * latentDim + x]!;
    points[index * 2 + 1] = latents[index * latentDim + y]!;
  }
  return { axes: { kind: "latents", x, y }, points, place: (z) => [z[x]!, z[y]!] };
}

/** The plane of the two directions in which the latents spread most; fewer than three latents are shown as they are. */
export async function pcaPlane(map: LatentMap): Promise<MapPlane> {
  const { latentDim, latents } = map;
  if (latentDim < 3) return latentPlane(map, 0, latentDim - 1);
  const { principalComponents, projectOnto } = await import("../../latent/principal.ts");
  const components = principalComponents(latents, latentDim, 2);
  return {
    axes: { kind: "pca" },
    points: projectOnto(components, latents),
    place: (z) => {
      const [x = 0, y = 0] = projectOnto(components, z);
      return [x, y];
    },
    kept: components.shares.reduce((sum, share) => sum + share, 0),
  };
}

/**
 * Mirrors a plane so that its points stay near where they were: principal components have no sign of their own.
 *
 * @param before `[count × 2]`
 */
export function turnAlike(plane: MapPlane, before: Float32Array | undefined): MapPlane {
  if (before?.length !== plane.points.length) return plane;
  const sums = [0, 0];
  plane.points.forEach((value, at) => sums[at % 2]! += value * before[at]!);
  const [x, y] = sums.map((sum) => sum < 0 ? -1 : 1) as [number, number];
  return {
    ...plane,
    points: plane.points.map((value, at) => value * (at % 2 === 0 ? x : y)),
    place: (z) => {
      const [placedX, placedY] = plane.place(z);
      return [x * placedX, y * placedY];
    },
  };
}

/**
 * A plane by UMAP. A latent lies between the nearest pictures, each weighted by the inverse of its distance.
 *
 * @param points `[count × 2]`
 */
export function umapPlane(map: LatentMap, points: Float32Array): MapPlane {
  const place = (z: ArrayLike<number>): Place => {
    let [x, y, total] = [0, 0, 0];
    for (const { index, distance } of nearestNeighbours(map, z, PLACING_NEIGHBOURS)) {
      const weight = 1 / (distance + 1e-6);
      x += weight * points[index * 2]!;
      y += weight * points[index * 2 + 1]!;
      total += weight;
    }
    return [x / total, y / total];
  };
  return { axes: { kind: "umap" }, points, place };
}
