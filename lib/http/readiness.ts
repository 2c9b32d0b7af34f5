/** Whether this server can decode. */
import { LatentboardError } from "../errors.ts";
import type { ModelPool } from "../inference/mod.ts";

/**
 * A server is ready when it has a model and a provider to run it on.
 *
 * @throws {LatentboardError} `unavailable`, saying what is missing
 */
export async function readyResponse(models: ModelPool): Promise<Response> {
  const [list, { provider }] = await Promise.all([models.list(), models.status()]);
  if (list.length > 0 && provider !== undefined) return Response.json({ ready: true });
  throw new LatentboardError(
    "unavailable",
    provider === undefined ? "No execution provider can be opened" : "There is no model yet: run deno task train",
  );
}
