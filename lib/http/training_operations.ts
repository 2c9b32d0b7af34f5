/** The operations about training in /openapi.json. */
import type { Operation } from "./operation.ts";
import {
  configRequest,
  metricsQuery,
  queueRequest,
  replayRequest,
  runDecodeRequest,
  runEventsQuery,
  runListQuery,
  startRunRequest,
  stopRunRequest,
} from "./training_requests.ts";

/** By method and path. */
export const TRAINING_OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET /api/training": {
    summary: "What a form for the settings of a run is made of: JSON Schema, defaults, presets",
    response: "TrainingForm",
  },
  "POST /api/training/config": {
    role: "guest",
    summary: "A configuration, or its YAML, resolved: both forms of it",
    body: configRequest,
    response: "TrainingConfig",
  },
  "POST /api/training/estimate": {
    summary: "What a run would cost on this machine, measured by some of its steps",
    body: configRequest,
    response: "Estimate",
    errors: [403, 404, 503],
  },
  "GET /api/runs": {
    summary: "The training runs, those begun in a terminal too",
    query: runListQuery,
    response: "RunPage",
  },
  "POST /api/runs": {
    summary: "Start a run, or queue it while another trains; `fork` begins at another run's weights or afresh",
    body: startRunRequest,
    status: 201,
    response: "Run",
    errors: [403, 404, 409],
  },
  "GET /api/runs/{id}": { summary: "One run", response: "RunDetail", errors: [404, 422] },
  "DELETE /api/runs/{id}": { summary: "Delete a run; it can be restored", status: 204, errors: [404, 409] },
  "POST /api/runs/{id}/restore": {
    summary: "Take back a deletion",
    response: "Run",
    errors: [404, 409, 410],
  },
  "POST /api/runs/{id}/pause": {
    summary: "Pause between two steps",
    status: 202,
    response: "Run",
    errors: [404, 409, 503],
  },
  "POST /api/runs/{id}/resume": {
    summary: "Go on after a pause, or at the last checkpoint of a run that ended",
    status: 202,
    response: "Run",
    errors: [404, 409, 503],
  },
  "POST /api/runs/{id}/stop": {
    summary: "Stop, and keep a checkpoint to go on from, the model as it is, or nothing",
    body: stopRunRequest,
    status: 202,
    response: "Run",
    errors: [404, 409, 503],
  },
  "GET /api/runs/{id}/events": {
    summary:
      "A run's events from its beginning, then as they happen; goes on after Last-Event-ID. `run` events, which " +
      "have no id, say how the run stands",
    query: runEventsQuery,
    types: ["text/event-stream"],
    errors: [404],
  },
  "GET /api/runs/{id}/metrics": {
    summary: "A run's curves",
    query: metricsQuery,
    response: "RunMetrics",
    errors: [404],
  },
  "GET /api/runs/{id}/model": {
    summary: "What a board needs to know of a run's newest snapshot; `run:<id>` then stands for a model in moves",
    response: "Model",
    errors: [404, 503],
  },
  "GET /api/runs/{id}/map.png": {
    summary: "The pictures of a run's latent maps, 32 per row",
    types: ["image/png"],
    errors: [404],
  },
  "GET /api/runs/{id}/snapshots/{step}/{file}": {
    summary: "A file of a snapshot: samples.png, reconstructions.png, map.bin or decoder.onnx",
    types: ["image/png", "application/octet-stream"],
    errors: [404, 410],
  },
  "POST /api/runs/{id}/decode": {
    role: "guest",
    summary: "Latents to pictures by a run's newest or another snapshot",
    body: runDecodeRequest,
    response: "RunDecoded",
    errors: [404, 410, 422, 503],
  },
  "POST /api/runs/{id}/replay": {
    role: "guest",
    summary: "One latent through every kept snapshot; a film when a picture type is asked for",
    body: replayRequest,
    response: "Replay",
    types: ["image/gif", "image/webp"],
    errors: [404, 406, 503],
  },
  "GET /api/queue": { summary: "The runs that wait, first to last", response: "RunQueue" },
  "PUT /api/queue": {
    summary: "Change the order of the runs that wait",
    body: queueRequest,
    response: "RunQueue",
  },
};
