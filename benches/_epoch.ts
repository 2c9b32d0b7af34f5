/** What a whole epoch costs beside its bare steps. */
import { loadDataset } from "../lib/dataset/mod.ts";
import { trainModel } from "../lib/pipeline/mod.ts";
import { parseConfig } from "../lib/vae/mod.ts";
import type { Settings } from "../lib/settings.ts";
import { pictureSource } from "../lib/pipeline/mod.ts";
import { Ours } from "./_ours.ts";

/** Steps of each of the two times. */
const BARE_STEPS = 200;

/**
 * Times the first epoch of the default configuration as `deno task train` runs it: from the call, with the data's
 * loading, the capture, evaluation on the held-out pictures, sample pictures, curves and the checkpoint, until the
 * checkpoint is on the disk; and bare steps before and after it, since a shared machine's pace changes.
 *
 * @param source the pictures
 * @param settings where things are
 * @param shards in how many shards a batch is computed
 * @param say tells what is being done
 */
export async function epochOverhead(
  source: string,
  settings: Settings,
  shards: number,
  say: (text: string) => void,
): Promise<{ epochSeconds: number; stepSeconds: number }> {
  const folder = await Deno.makeTempDir();
  try {
    const config = parseConfig({ data: { source }, epochs: 1, name: "bench" });
    const dataset = await loadDataset(source, { data: settings.data, home: settings.home });
    const bare = new Ours(config, pictureSource(dataset.train, "none", config.seed), { capture: true, shards });
    const timeBare = async () => (await bare.run(BARE_STEPS)).secondsPerStep;
    await bare.run(10);
    say("a whole epoch of the default configuration");
    const before = await timeBare();
    const start = performance.now();
    let end = start;
    let steps = 0;
    await trainModel(config, {
      shards,
      places: { home: folder, models: folder, data: settings.data, tensorflow: settings.tensorflow },
      onEvent: (event) => {
        if (event.type === "step") steps = event.step;
        if (event.type === "checkpoint") end = performance.now();
      },
    });
    const after = await timeBare();
    bare.dispose();
    return { epochSeconds: (end - start) / 1000, stepSeconds: (before + after) / 2 * steps };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
