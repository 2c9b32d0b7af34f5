/** What the app's requests share: settings, models, streams and gallery, opened once per process. */
import { Gallery } from "../gallery/mod.ts";
import { Manifolds, ModelPool } from "../inference/mod.ts";
import { log } from "../log.ts";
import { purgeRemovedModels } from "../model/mod.ts";
import { UNDO_MS } from "../protocol.ts";
import { Samplers } from "../sampling/mod.ts";
import { readSettings, type Settings } from "../settings.ts";
import { endEventStreams } from "./sse.ts";
import { StreamHub } from "./streams.ts";

export interface Services {
  readonly settings: Settings;
  readonly models: ModelPool;
  readonly samplers: Samplers;
  readonly manifolds: Manifolds;
  readonly streams: StreamHub;
  readonly gallery: Gallery;
}

/** What middleware gives to the routes. */
export interface State {
  services: Services;
}

let opened: Promise<Services> | undefined;

/**
 * The services of this process, opened by the first call.
 *
 * @throws {LatentboardError} `conflict` when another process writes the same home
 */
export function openServices(settings: Settings): Promise<Services> {
  return opened ??= createServices(settings).catch((error) => {
    opened = undefined; // so that the next call tries again
    throw error;
  });
}

/** The open services; opened with the environment's settings where nothing has done so yet, as in development. */
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
  const { models: folder, providers } = settings;
  const gallery = await Gallery.open({ home: settings.home });
  await purgeRemovedModels(folder, Date.now() - UNDO_MS).catch((error) => {
    log.warn("models: what was deleted long ago can't be removed", { error });
  });
  const models = new ModelPool({ models: folder, providers });
  const streams = new StreamHub({
    decode: (name, z, count) => models.use(name, (runtime) => runtime.decode(z, count)),
  });
  return { settings, models, samplers: new Samplers(folder), manifolds: new Manifolds(folder), streams, gallery };
}
