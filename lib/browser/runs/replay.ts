/** One latent through all kept snapshots of a run. */
import type { ReplayRequest, ReplayResponse } from "../../protocol_runs.ts";
import { postJson, sendJson } from "../requests.ts";

/** Types of a film. */
export const FILM_TYPES = ["image/gif", "image/webp"] as const;

/** A film's frames are enlarged to about this side, pixels. */
const FILM_SIDE = 256;
const FILM_DELAY_MS = 120;

/** The picture of a latent at every snapshot. */
export function replay(run: string, z: readonly number[], signal: AbortSignal): Promise<ReplayResponse> {
  return sendJson<ReplayResponse>(`/api/runs/${run}/replay`, { z } satisfies ReplayRequest, { signal });
}

/**
 * The same as a film.
 *
 * @param imageSize of the pictures, pixels
 */
export async function replayFilm(
  run: string,
  z: readonly number[],
  imageSize: number,
  type: typeof FILM_TYPES[number],
): Promise<Blob> {
  const scale = Math.max(1, Math.floor(FILM_SIDE / imageSize));
  const request: ReplayRequest = { z, scale, delayMs: FILM_DELAY_MS };
  return await (await postJson(`/api/runs/${run}/replay`, request, { headers: { accept: type } })).blob();
}
