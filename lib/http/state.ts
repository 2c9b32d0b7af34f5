/** What the app's requests share: settings, models, streams and gallery, opened once per process. */
import { Gallery } from "../gallery/mod.ts";
import { closeEncodingThreads } from "../imaging/mod.ts";
import { Manifolds, ModelPool } from "../inference/mod.ts";
import { LatentboardError } from "../errors.ts";
import { log } from "../log.ts";
import { purgeRemovedModels } from "../model/mod.ts";
import { UNDO_MS } from "../protocol.ts";
import { Samplers } from "../sampling/mod.ts";
import { RUN_PREFIX } from "../protocol_runs.ts";
import { DirectLauncher, Estimates, Runs, SnapshotDecoders, SourceRules, type TrainerLauncher } from "../runs/mod.ts";
import { Datasets } from "../uploads/mod.ts";
import { readSettings, type Settings } from "../settings.ts";
import { Access } from "./access.ts";
import { Metrics } from "./metrics.ts";
import { endEventStreams } from "./sse.ts";
import { StreamHub } from "./streams.ts";

export interface Services {
  readonly settings: Settings;
  /** Who is let in. */
  readonly access: Access;
  readonly metrics: Metrics;
  readonly models: ModelPool;
  readonly samplers: Samplers;
  readonly manifolds: Manifolds;
  readonly streams: StreamHub;
  readonly gallery: Gallery;
  readonly runs: Runs;
  /** Which pictures a run may be started on. */
  readonly sources: SourceRules;
  readonly launcher: TrainerLauncher;
  readonly datasets: Datasets;
  readonly estimates: Estimates;
  /** Decode with the snapshots of runs. */
  readonly decoders: SnapshotDecoders;
}

/** What middleware gives to the routes. */
export interface State {
  services: Services;
}

let opened: Promise<Services> | undefined;

/**
 * The services of this process, opened by the first call.
 *
 * @param launcher starts trainings; this process does so itself by default
 * @throws {LatentboardError} `conflict` when another process writes the same home
 */
export function openServices(settings: Settings, launcher?: TrainerLauncher): Promise<Services> {
  return opened ??= createServices(settings, launcher).catch((error) => {
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
  const { streams, models, gallery, runs, decoders, datasets } = await closing;
  closeEncodingThreads();
  endEventStreams(); // strips too, which hold a model while they are read
  await streams.dispose();
  await models.dispose();
  decoders.dispose();
  await runs.close();
  datasets.close();
  gallery.close();
}

async function createServices(
  settings: Settings,
  launcher: TrainerLauncher = new DirectLauncher(settings),
): Promise<Services> {
  const { home, models: folder, providers } = settings;
  await checkFolder(folder);
  const gallery = await Gallery.open({ home });
  await purgeRemovedModels(folder, Date.now() - UNDO_MS).catch((error) => {
    log.warn("models: what was deleted long ago can't be removed", { error });
  });
  const models = new ModelPool({ models: folder, providers, home: settings.home });
  const sources = new SourceRules(home, settings.data, settings.dataRoots);
  const runs = new Runs({ home, models: folder, launcher, sources });
  const decoders = new SnapshotDecoders((id) => runs.folder(id));
  const metrics = new Metrics();
  const decode = async (name: string, z: Float32Array, count: number) => {
    if (!name.startsWith(RUN_PREFIX)) return await models.use(name, (runtime) => runtime.decode(z, count));
    const id = name.slice(RUN_PREFIX.length);
    return await decoders.decode(id, await decoders.newest(id), z, count);
  };
  const streams = new StreamHub({
    decode: (name, z, count) => metrics.decode(count, () => decode(name, z, count)),
  });
  metrics.watchStreams(streams);
  const datasets = new Datasets({ home, data: settings.data, roots: settings.dataRoots, cap: settings.uploadLimit });
  await datasets.clean();
  await runs.resumeQueue();
  return {
    settings,
    access: Access.create(settings),
    metrics,
    models,
    samplers: new Samplers(folder),
    manifolds: new Manifolds(folder),
    streams,
    gallery,
    runs,
    sources,
    datasets,
    estimates: new Estimates(home, launcher),
    launcher,
    decoders,
  };
}

/** @throws {LatentboardError} `invalid` when something else than a folder lies there */
async function checkFolder(path: string): Promise<void> {
  const found = await Deno.stat(path).catch(() => undefined);
  if (found === undefined || found.isDirectory) return;
  throw new LatentboardError("invalid", `${path} is no folder: choose another --models`, { field: "models" });
}
