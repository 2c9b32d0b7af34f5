import { readJson } from "../../../../lib/http/body.ts";
import { define } from "../../../../lib/http/define.ts";
import { flattenLatents, isBatch, pixelImages } from "../../../../lib/http/pictures.ts";
import { runDecodeRequest } from "../../../../lib/http/training_requests.ts";
import type { RunDecodeResponse } from "../../../../lib/protocol_runs.ts";

/** Latents to pictures by a run's newest or another snapshot. */
export const handler = define.handlers({
  async POST({ req, state, params }) {
    const run = params.id!;
    const { decoders } = state.services;
    const { z, step: wanted } = await readJson(req, runDecodeRequest);
    const latents = isBatch(z) ? z : [z];
    const step = wanted ?? await decoders.newest(run);
    const flat = flattenLatents(latents, await decoders.latentDim(run), "z");
    const images = pixelImages(await decoders.decode(run, step, flat, latents.length));
    return Response.json({ run, step, images } satisfies RunDecodeResponse);
  },
});
