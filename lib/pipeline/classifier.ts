/**
 * A small classifier trained on a dataset's labels. Its last hidden layer is the feature space in which samples are
 * compared with real pictures by the Fréchet distance: a figure of it only compares with figures of the same classifier.
 */
import * as tf from "@tensorflow/tfjs";
import { batches, type Dataset } from "../dataset/mod.ts";
import { LatentboardError } from "../errors.ts";
import { OnnxSession } from "../inference/mod.ts";
import { type ClassifierLayers, exportClassifier } from "../onnx/mod.ts";
import { createStep, StepCache, type StepDefinition, toFloat } from "../tensorflow/mod.ts";
import { applyUpdate, fusedOps, ModelState, updateScalars } from "../training/mod.ts";
import { type Layer, outputShapeOf, parametersOf, type ParameterSpec } from "../vae/layers.ts";
import { type ImageShape, imageShape, runLayers, type Tensor } from "../vae/mod.ts";
import { parseConfig } from "../vae/config.ts";
import { drawParameters } from "../vae/parameters.ts";

/** How {@linkcode trainClassifier} trains. */
export interface ClassifierOptions {
  /** Of first weights and order; 1 by default. */
  readonly seed?: number | undefined;
  /** Updates in all; 2,000 by default. */
  readonly steps?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Stops between two updates. */
  readonly signal?: AbortSignal | undefined;
}

/** A trained classifier. */
export interface TrainedClassifier {
  /** The ONNX file, with outputs `features` and `logits`. */
  readonly file: Uint8Array;
  /** Numbers per picture in `features`. */
  readonly dimensions: number;
  /** Share of the held-out pictures whose label it predicts, 0 to 1. */
  readonly accuracy: number;
}

const FEATURES = 64;
const FILTERS = [32, 64, 64, 128, 128];
const SMALLEST = 8;
const BATCH = 128;
const { optimizer: ADAM } = parseConfig({ optimizer: { kind: "adam", epsilon: 1e-7, learningRate: 1e-3 } });

/**
 * Trains a classifier on a dataset's training pictures and exports it to ONNX. Start an engine first.
 *
 * @throws {LatentboardError} `unsupported` when the pictures have no labels, or one alone
 */
export async function trainClassifier(dataset: Dataset, options: ClassifierOptions = {}): Promise<TrainedClassifier> {
  const { seed = 1, steps = 2000, signal, onProgress } = options;
  const { train, labelNames } = dataset;
  if (train.labels === undefined || labelNames.length < 2) {
    throw new LatentboardError("unsupported", `${dataset.name} has no labels to train a classifier on`);
  }
  const layers = layersOf(train, labelNames.length);
  const initial = drawParameters(specsOf(layers), seed);
  const state = new ModelState(initial, { optimizer: ADAM, ema: false });
  const cache = new StepCache<"images" | "labels" | "scalars", "loss">((count) =>
    createStep(classifierStep(layers, state, Number(count)))
  );
  try {
    let step = 0;
    for (let epoch = 1; step < steps; epoch++) {
      for (
        const batch of batches(train, {
          batchSize: Math.min(BATCH, train.count),
          seed,
          epoch,
          shuffle: true,
          dropLast: true,
        })
      ) {
        if (step === steps) break;
        signal?.throwIfAborted();
        const { rate, epsilon, weightDecay } = updateScalars(ADAM, ADAM.learningRate, step);
        const { loss } = await cache.get(String(batch.indices.length)).runInBackground({
          images: batch.images,
          labels: Int32Array.from(batch.labels!),
          scalars: Float32Array.of(rate, epsilon, weightDecay),
        });
        const value = (await loss.data())[0]!;
        loss.dispose();
        if (!Number.isFinite(value)) {
          throw new LatentboardError("damaged", `The classifier of ${dataset.name} diverged after ${step} updates`);
        }
        step++;
        onProgress?.(step, steps);
      }
    }
    const values = await state.values();
    const metadata = { name: `classifier of ${dataset.name}`, format: "latentboard-classifier", dataset: dataset.name };
    const accuracy = await accuracyOf(exportClassifier(layers, values, metadata), dataset);
    const file = exportClassifier(layers, values, { ...metadata, accuracy: accuracy.toFixed(4) });
    return { file, dimensions: FEATURES, accuracy };
  } finally {
    cache.dispose();
    state.dispose();
  }
}

function layersOf(image: ImageShape, classes: number): ClassifierLayers {
  const features: Layer[] = [];
  let size = Math.min(image.height, image.width);
  for (let i = 0; i === 0 || (size > SMALLEST && i < FILTERS.length); i++) {
    const filters = FILTERS[i]!;
    features.push({ kind: "conv2d", name: `conv${i}`, filters, kernel: 3, stride: 2, activation: "relu" });
    size = Math.ceil(size / 2);
  }
  features.push({ kind: "flatten" }, { kind: "dense", name: "features", units: FEATURES, activation: "relu" });
  return { image, features, head: [{ kind: "dense", name: "logits", units: classes, activation: "linear" }] };
}

function specsOf({ image, features, head }: ClassifierLayers): ParameterSpec[] {
  const shape = imageShape(image);
  return [...parametersOf(features, shape), ...parametersOf(head, outputShapeOf(features, shape))];
}

/** One update. Inputs: `images` uint8, `labels` int32 `[batch]`, `scalars` `[3]`: rate, epsilon, weight decay. */
function classifierStep(
  { image, features, head }: ClassifierLayers,
  state: ModelState,
  batchSize: number,
): StepDefinition<"images" | "labels" | "scalars", "loss"> {
  const layers = [...features, ...head];
  const classes = (head.at(-1) as { units: number }).units;
  return {
    name: `classify_${batchSize}`,
    inputs: {
      images: { shape: [batchSize, ...imageShape(image)], dtype: "uint8" },
      labels: { shape: [batchSize], dtype: "int32" },
      scalars: { shape: [3], dtype: "float32" },
    },
    body: ({ images, labels, scalars }) => {
      const [rate, epsilon, weightDecay] = tf.split(scalars, 3).map((part) => part.reshape([]));
      const batch = toFloat(images).div(255);
      const targets = tf.oneHot(labels as tf.Tensor1D, classes);
      const { value, grads } = tf.valueAndGrads((...weights: Tensor[]) => {
        const parameters = Object.fromEntries(state.parameters.map(({ name }, i) => [name, weights[i]!]));
        const logits = runLayers(fusedOps, layers, parameters, batch);
        const logged = tf.sub(logits, tf.logSumExp(logits, -1, true));
        return tf.neg(tf.mean(tf.sum(tf.mul(logged, targets), -1))) as tf.Scalar;
      })(state.parameters.map(({ weight }) => weight.read()));
      for (const [i, { weight, slots }] of state.parameters.entries()) {
        applyUpdate(ADAM, weight, slots!, { rate: rate!, epsilon: epsilon!, weightDecay: weightDecay! }, grads[i]!);
      }
      return { loss: value };
    },
  };
}

async function accuracyOf(file: Uint8Array, { validation }: Dataset): Promise<number> {
  const session = await OnnxSession.open(file, { provider: "cpu" });
  const classes = session.outputs.find(({ name }) => name === "logits")!.shape[1] as number;
  let right = 0;
  try {
    for (const batch of batches(validation, { batchSize: BATCH, seed: 1, epoch: 1, shuffle: false })) {
      const [logits] = await session.run(batch.images, batch.indices.length, ["logits"]);
      for (const [i, label] of batch.labels!.entries()) {
        const row = logits!.subarray(i * classes, (i + 1) * classes);
        if (row.indexOf(Math.max(...row)) === label) right++;
      }
    }
  } finally {
    await session.close();
  }
  return right / validation.count;
}
