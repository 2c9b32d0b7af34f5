/** What the app's requests share: settings, models, streams and gallery, opened once a process. */
import { Gallery } from "../gallery/mod.ts";
import { Manifolds, ModelPool } from "../inference/mod.ts";
import { Samplers } from "../sampling/mod.ts";
import { readSettings, type Settings } from "../settings.ts";
import { endEventStreams } from "./sse.ts";
import { StreamHub } from "./streams.ts";

/** The parts of the server that requests use. */
export interface Services {
  /** Where things are and how the server listens. */
  readonly settings: Settings;
  /** The models, loaded when they are first asked for. */
  readonly models: ModelPool;
  /** What latents are drawn from. */
  readonly samplers: Samplers;
  /** How near to their pictures the models stay. */
  readonly manifolds: Manifolds;
  /** The open event streams. */
  readonly streams: StreamHub;
  /** The saved pictures. */
  readonly gallery: Gallery;
}

/** What middlewares give to the routes. */
export interface State {
  /** The parts of the server. */
  services: Services;
}

let opened: Promise<Services> | undefined;

/**
 * Opens the services of this process, or gives those that are open.
 *
 * @throws {LatentboardError} `conflict` when another process writes the same home
 */
export function openServices(settings: Settings): Promise<Services> {
  return opened ??= createServices(settings).catch((error) => {
    opened = undefined; // so that the next attempt is a new one
    throw error;
  });
}

/** The open services; opened from the environment's settings where nobody has done so yet, as while developing. */
export function currentServices(): Promise<Services> {
  return opened ?? openServices(readSettings());
}

/** Ends the streams, unloads the models and closes the gallery. Idempotent. */
export async function closeServices(): Promise<void> {
  const closing = opened;
  opened = undefined;
  if (closing === undefined) return;
  const { streams, models, gallery } = await closing;
  endEventStreams(); // strips too, which hold a model while they are read
  await streams.dispose();
  await models.dispose();
  gallery.close();
}

async function createServices(settings: Settings): Promise<Services> {
  const gallery = await Gallery.open({ home: settings.home });
  const models = new ModelPool({ models: settings.models, providers: settings.providers });
  const streams = new StreamHub({
    decode: (name, z, count) => models.use(name, (runtime) => runtime.decode(z, count)),
  });
  const { models: folder } = settings;
  return { settings, models, samplers: new Samplers(folder), manifolds: new Manifolds(folder), streams, gallery };
}
