/** Pictures and configurations that are made for tests: small, and the same every time. */
import {
  buildModel,
  type ConfigValues,
  initialParameters,
  parseConfig,
  type TrainingConfig,
} from "../../lib/vae/mod.ts";
import type { PictureSource } from "../../lib/training/pictures.ts";
import { RunFolder } from "../../lib/training/run.ts";
import { Trainer } from "../../lib/training/trainer.ts";
import type { TrainerOptions } from "../../lib/training/trainer_options.ts";
import { trainable } from "../../lib/training/trainable.ts";

const SIZE = 8;

/**
 * Pictures of 8 by 8 pixels, each a soft blob whose place and width follow from its number.
 *
 * @param count how many
 */
export function madePictures(count: number): Uint8Array {
  const pictures = new Uint8Array(count * SIZE * SIZE);
  for (let n = 0; n < count; n++) {
    const [cx, cy, width] = [(n * 7) % SIZE, (n * 3) % SIZE, 1 + (n % 3)];
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        const distance = (x - cx) ** 2 + (y - cy) ** 2;
        pictures[(n * SIZE + y) * SIZE + x] = Math.round(255 * Math.exp(-distance / (2 * width ** 2)));
      }
    }
  }
  return pictures;
}

/**
 * A source of made pictures, shuffled by (seed, epoch).
 *
 * @param count how many pictures
 */
export function madeSource(count: number): PictureSource {
  const pictures = madePictures(count);
  const size = SIZE * SIZE;
  return {
    count,
    *batches({ batchSize, seed, epoch, shuffle, start }) {
      const order = Array.from({ length: count }, (_, index) => index);
      if (shuffle) {
        let state = seed * 1000 + epoch;
        for (let i = count - 1; i > 0; i--) {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          const j = state % (i + 1);
          [order[i], order[j]] = [order[j]!, order[i]!];
        }
      }
      for (let from = start * batchSize; from < count; from += batchSize) {
        const chosen = order.slice(from, from + batchSize);
        const images = new Uint8Array(chosen.length * size);
        chosen.forEach((index, i) => images.set(pictures.subarray(index * size, (index + 1) * size), i * size));
        yield { images, count: chosen.length };
      }
    },
  };
}

/** A small configuration for made pictures. */
export function madeConfig(changes: ConfigValues = {}): TrainingConfig {
  return parseConfig({
    data: { imageSize: SIZE },
    architecture: { kind: "mlp", hidden: [16] },
    latentDim: 3,
    epochs: 2,
    batchSize: 16,
    checkpoint: { everyMinutes: 0 },
  }, changes);
}

/** A run in a temporary home with a trainer for made pictures; `home` is to be removed. */
export async function madeTrainer(
  config: TrainingConfig,
  options: Partial<TrainerOptions> & { home?: string } = {},
): Promise<{ home: string; run: RunFolder; trainer: Trainer }> {
  const home = options.home ?? await Deno.makeTempDir();
  const run = options.run ?? await RunFolder.create(home, { name: "made", config: { ...config }, settings: {} });
  const model = buildModel(config);
  const trainer = new Trainer({
    run,
    config,
    model: trainable(model, { shards: options.eager ? 1 : 2 }),
    initial: initialParameters(model, config.seed),
    train: madeSource(100),
    validation: madeSource(20),
    engine: "test",
    ...options,
  });
  return { home, run, trainer };
}
