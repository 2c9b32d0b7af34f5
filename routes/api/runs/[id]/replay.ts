import { readJson } from "../../../../lib/http/body.ts";
import { define } from "../../../../lib/http/define.ts";
import { chooseType, flattenLatents, pixelImages } from "../../../../lib/http/pictures.ts";
import { replayFilm, replaySnapshots } from "../../../../lib/http/replay.ts";
import { replayRequest } from "../../../../lib/http/training_requests.ts";
import type { ReplayResponse } from "../../../../lib/protocol_runs.ts";

/** One latent through every kept snapshot, as pictures or as a film. */
export const handler = define.handlers({
  async POST({ req, state, params }) {
    const run = params.id!;
    const type = chooseType(req, ["application/json", "image/gif", "image/webp"]);
    const request = await readJson(req, replayRequest);
    const { decoders, runs } = state.services;
    const z = flattenLatents([request.z], await decoders.latentDim(run), "z");
    const frames = await replaySnapshots(decoders, run, await runs.folder(run), z);
    if (type !== "application/json") return await replayFilm(frames, request, type, req.signal);
    const images = frames.flatMap(({ batch }) => pixelImages(batch));
    return Response.json({ run, steps: frames.map(({ step }) => step), images } satisfies ReplayResponse);
  },
});
