import type { LatentMap } from "./map.ts";

/** A picture of a map and its distance. */
export interface Neighbour {
  /** Of the picture within the map. */
  readonly index: number;
  /** Euclidean, between mu and z: about 1 is one standard deviation of the prior. */
  readonly distance: number;
}

/** Pictures of one class among some neighbours. */
export interface ClassVote {
  readonly label: number;
  readonly votes: number;
}

/**
 * The pictures whose mu lie nearest to a latent, nearest first.
 *
 * @param z `[latentDim]`
 * @param count how many at most
 * @param counts whether a picture is looked at; all are where not given
 */
export function nearestNeighbours(
  { count: pictures, latentDim, latents }: LatentMap,
  z: ArrayLike<number>,
  count: number,
  counts: (index: number) => boolean = () => true,
): Neighbour[] {
  const nearest: Neighbour[] = [];
  for (let index = 0; index < pictures; index++) {
    if (!counts(index)) continue;
    let squares = 0;
    for (let i = 0, at = index * latentDim; i < latentDim; i++) squares += (latents[at + i]! - z[i]!) ** 2;
    const distance = Math.sqrt(squares);
    if (nearest.length === count && distance >= nearest[count - 1]!.distance) continue;
    const place = nearest.findIndex((other) => distance < other.distance);
    nearest.splice(place < 0 ? nearest.length : place, 0, { index, distance });
    if (nearest.length > count) nearest.pop();
  }
  return nearest;
}

/** How often each class is among neighbours, the most frequent first; of equals the one that lies nearest. */
export function classVotes({ labels }: LatentMap, neighbours: readonly Neighbour[]): ClassVote[] {
  const votes = new Map<number, number>();
  for (const { index } of neighbours) votes.set(labels[index]!, (votes.get(labels[index]!) ?? 0) + 1);
  return [...votes].map(([label, votes]) => ({ label, votes })).sort((a, b) => b.votes - a.votes);
}
