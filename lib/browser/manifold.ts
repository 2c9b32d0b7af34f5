/** The manifold of pictures that a model has learned: how far latents lie off it, and the way back. */
import { manifoldLimits } from "../latent/mod.ts";
import type { ManifoldRequest, ManifoldResponse } from "../protocol.ts";
import type { BoardSession } from "./board_session.ts";
import { sendJson } from "./requests.ts";

const MAX_STEPS = 12;

/** @throws as `send` does */
export function measureManifold(
  { model }: BoardSession,
  z: readonly number[],
  signal?: AbortSignal,
): Promise<ManifoldResponse> {
  const request: ManifoldRequest = { model: model.name, z };
  return sendJson("/api/manifold", request, signal === undefined ? {} : { signal });
}

/**
 * Sets the unlocked latents to where the encoder puts their picture, again and again, until they lie on the manifold: one
 * step of the history. A move by hand meanwhile stops it.
 *
 * @throws as `send` does
 */
export async function bringBack(session: BoardSession): Promise<void> {
  const { state } = session;
  for (let step = 0; step < MAX_STEPS; step++) {
    const changes = state.changes.peek();
    const { distance, typical, mu } = await measureManifold(session, state.z());
    if (state.changes.peek() !== changes) return;
    if (distance < manifoldLimits(typical).near) break;
    state.setMany([...mu.entries()].filter(([index]) => !state.locked[index]!.peek()));
    if (state.changes.peek() === changes) break; // all are locked, or a fixed point
  }
  state.settle();
}
