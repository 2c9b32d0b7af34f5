// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** The feature space of a dataset: taken from the cache, or trained on first need where there is an engine. */
import { join } from "node:path";
import type { Dataset } from "../../dataset/mod.ts";
import { LatentboardError } from "../../errors.ts";
import { type OpenFeatureSpace, openFeatureSpace } from "../../evaluation/feature_space.ts";
import { sha256Hex, writeFileAtomic } from "../../system/files.ts";
import type { Settings } from "../../settings.ts";
import type { ProgressLine } from "./progress.ts";

/**
 * Gives each dataset its feature space, `<home>/cache/features/<dataset>.onnx`.
 *
 * @param settings where the cache and libtensorflow are
 * @param progress where training it is shown
 * @param signal stops that
 * @returns a function that finds or makes it; undefined, and said why, where there can be none
 */
export function featureSpaces(
  settings: Pick<Settings, "home" | "tensorflow">,
  progress: ProgressLine,
  signal: AbortSignal,
): (dataset: Dataset) => Promise<OpenFeatureSpace | undefined> {
  const said = new Set<string>();
  const leaveOut = (why: string): undefined => {
    if (!said.has(why)) console.error(`No Fréchet distance: ${why}`);
    said.add(why);
  };
  return async (dataset) => {
    if (dataset.train.labels === undefined || dataset.labelNames.length < 2) {
      return leaveOut(`${dataset.name} has no labels to train a classifier on`);
    }
    const path = join(settings.home, "cache", "features", `${cacheName(dataset)}.onnx`);
    const cached = await readCached(path);
    if (cached !== undefined) return cached;

    // Only here: what measures through onnxruntime alone never loads the engine.
    const { LibraryUnavailableError, startTensorFlow } = await import("../../tensorflow/mod.ts");
    try {
      const { home, tensorflow } = settings;
      await startTensorFlow({ cache: join(home, "cache", "tensorflow"), download: false, folder: tensorflow });
    } catch (error) {
      if (!(error instanceof LibraryUnavailableError)) throw error;
      return leaveOut('its classifier needs libtensorflow to be trained: see "deno task doctor"');
    }
    const { trainClassifier } = await import("../../pipeline/classifier.ts");
    const { file } = await trainClassifier(dataset, {
      signal,
      onProgress: (done, total) => progress.show(`training a classifier of ${dataset.name}, once:`, done, total),
    });
    await Deno.mkdir(join(settings.home, "cache", "features"), { recursive: true });
    await writeFileAtomic(path, file);
    return await openFeatureSpace(file);
  };
}

/** The dataset's name, and what tells two datasets of one name apart. */
function cacheName({ name, train, labelNames }: Dataset): string {
  const { count, height, width, channels } = train;
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40) || "pictures";
  const identity = JSON.stringify([name, count, height, width, channels, labelNames]);
  return `${slug}-${sha256Hex(new TextEncoder().encode(identity)).slice(0, 8)}`;
}

async function readCached(path: string): Promise<OpenFeatureSpace | undefined> {
  let file: Uint8Array;
  try {
    file = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    return await openFeatureSpace(file);
  } catch (cause) {
    throw new LatentboardError("damaged", `Cannot read ${path}: delete it, and it is made again`, { cause });
  }
}
