/** One epoch of a small model on the shipped sample, as every engine trains it in the tests. */
import { loadDataset, memoryImageSet } from "../../lib/dataset/mod.ts";
import { pickPictures, pictureSource } from "../../lib/pipeline/sources.ts";
import { type ConfigValues, parseConfig } from "../../lib/vae/mod.ts";
import { madeTrainer } from "../training/_made.ts";

const COUNT = 72;
const HELD = 16;
/** The shipped data. */
export const DATA = new URL("../../data", import.meta.url).pathname;

/** The shipped sample, thinned out: pictures to train on, then pictures that are held out. */
export async function smallSample(): Promise<Uint8Array> {
  const { train } = await loadDataset("sample", { data: DATA, home: "/nowhere" });
  return pickPictures(train, COUNT + HELD, "none", 1).images;
}

function sourceOf(images: Uint8Array) {
  return pictureSource(memoryImageSet({ name: "small", images, height: 28, width: 28, channels: 1 }), "none", 1);
}

/** Everything in a step that could differ between engines. */
export const COMMON: ConfigValues = {
  latentDim: 5,
  epochs: 1,
  batchSize: 16, // 72 pictures: the last batch is short
  emaDecay: 0.9,
  optimizer: { clipNorm: 50 },
  checkpoint: { everyMinutes: 0 },
};

/** Small models of both kinds. */
export const MODELS: Record<"mlp" | "conv", ConfigValues> = {
  mlp: { architecture: { kind: "mlp", hidden: [64] } },
  conv: {
    architecture: { kind: "conv", filters: [4, 8], hidden: [16] },
    optimizer: { kind: "rmsprop", momentum: 0.5 },
  },
};

/** The losses of every step and of the evaluation after one epoch, on the backend in use. */
export async function epochLosses(images: Uint8Array, values: ConfigValues): Promise<number[]> {
  const config = parseConfig(COMMON, values);
  const losses: number[] = [];
  const size = 28 * 28;
  const { home, run, trainer } = await madeTrainer(config, {
    train: sourceOf(images.subarray(0, COUNT * size)),
    validation: sourceOf(images.subarray(COUNT * size)),
    onEvent: (event) => {
      if (event.type === "step") losses.push(event.loss, event.reconstruction, event.kl);
    },
  });
  try {
    const { history } = await trainer.train();
    const { loss, reconstruction, kl } = history[0]!.validation;
    return [...losses, loss, reconstruction, kl];
  } finally {
    trainer.dispose();
    run.close();
    await Deno.remove(home, { recursive: true });
  }
}
