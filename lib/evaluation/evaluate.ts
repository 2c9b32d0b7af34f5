/** Everything that is measured of one model on one set of pictures, through onnxruntime alone. */
import type { ImageSet } from "../dataset/mod.ts";
import { evenlySpacedIndices } from "../dataset/evenly_spaced.ts";
import { meanSquaredError, peakSignalToNoise, structuralSimilarity } from "../imaging/mod.ts";
import {
  activeUnits,
  encodeAll,
  klPerLatent,
  type PictureEncoder,
  type Posteriors,
  sampleLatents,
  samplePrior,
} from "../latent/mod.ts";
import { elboMetrics, type ModelDocument } from "../model/mod.ts";
import { likelihoodModel } from "../onnx/likelihood.ts";
import type { SplitName } from "../dataset/binarize.ts";
import { asTrained, trainedDataOf } from "./as_trained.ts";
import type { FeatureSpace } from "./feature_space.ts";
import { frechetDistance } from "./frechet.ts";
import { activeUnitsByVariance, maximumMeanDiscrepancy } from "./latents.ts";
import { parallelBound } from "./parallel_bound.ts";
import { type LabelledLatents, linearProbeAccuracy, mutualInformationGap, nearestNeighbourAccuracy } from "./probes.ts";

/** A model that can be asked, as lib/inference opens it. */
export interface EvaluatedModel extends PictureEncoder {
  readonly document: ModelDocument;
  /** The pictures of `count` latents, `[count, height, width, channels]`. */
  decode(z: Float32Array, count: number): Promise<{ readonly pixels: Uint8Array }>;
}

/** What is evaluated. */
export interface Subject {
  readonly runtime: EvaluatedModel;
  /** The content of its decoder.onnx. */
  readonly decoder: Uint8Array;
  /** The pictures that it is judged on. */
  readonly test: ImageSet;
  /** Which part of the dataset they are; `test` where not given. */
  readonly split?: SplitName;
  /** Pictures that the probes learn from; without them every second test picture. */
  readonly train?: ImageSet;
}

/** The stages of an evaluation, in their order. */
export type EvaluationStage = "encode" | "elbo" | "pictures" | "probes" | "samples" | "likelihood";

/** How {@linkcode evaluateModel} measures. */
export interface EvaluationOptions {
  /** Importance samples per picture for the likelihood; 0 leaves it out. */
  readonly samples: number;
  readonly seed: number;
  /** At most so many test pictures, spread evenly over the set; all where not given. */
  readonly limit?: number;
  /** Where the Fréchet distance is measured; left out without one. */
  readonly features?: FeatureSpace;
  /** Threads for the likelihood; one per core where not given. */
  readonly workers?: number;
  readonly onProgress?: (stage: EvaluationStage, done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A mean with the standard error of the mean over the pictures. */
export interface Measured {
  readonly mean: number;
  readonly standardError: number;
}

/** The figures. Likelihoods are in nats per picture. */
export interface Evaluation {
  readonly model: string;
  readonly decoderSha256: string;
  /** The name of the test set. */
  readonly dataset: string;
  readonly pictures: number;
  readonly seed: number;
  /** What the likelihood is of: pixels as they are, or drawn black or white. */
  readonly pixels: "grey-scale" | "colour" | "binarised";
  /** The distribution of pixels that it is computed with. Likelihoods compare only where this, `pixels` and `dataset` agree. */
  readonly likelihood: string;
  /** Whether all latents are codes: `kl` is then their length under a uniform prior. */
  readonly codes?: true;
  /** Reconstruction + KL: the negative evidence lower bound, from one draw per picture. */
  readonly negativeElbo: Measured;
  readonly reconstruction: number;
  readonly kl: number;
  /** The negative ELBO in bits per pixel and channel. */
  readonly bitsPerDimension: number;
  /** −log p(x) bounded by importance weighting, with the number of samples; absent where it was left out. */
  readonly negativeLogLikelihood?: Measured & { readonly samples: number };
  readonly activeUnits: number;
  /** Latents whose mu varies over the pictures: Burda et al.'s measure. */
  readonly activeUnitsByVariance: number;
  readonly klPerLatent: readonly number[];
  /** Of the reconstructions from mu, pixels 0 to 1. */
  readonly mse: number;
  /** The mean over pictures, decibels. */
  readonly psnr: number;
  /** The mean over pictures; absent where pictures are smaller than 11 pixels. */
  readonly ssim?: number;
  /** Of the aggregate posterior against the prior, about 0 when they agree. */
  readonly mmd: number;
  /** Of prior samples against test pictures, with the name of the feature space. */
  readonly frechet?: { readonly samples: number; readonly reconstructions: number; readonly features: string };
  /** Share of labels that 5 nearest neighbours in mu predict; absent without labels. */
  readonly nearestNeighbours?: number;
  /** Share of labels that a linear probe of mu predicts. */
  readonly linearProbe?: number;
  /** Mutual information gap with the label as the only factor. */
  readonly mutualInformationGap?: number;
  readonly seconds: number;
}

const BATCH = 100;
const MMD_ROWS = 2000;
const PROBE_ROWS = 10_000;
const FRECHET_PICTURES = 10_000;

/**
 * Measures a model.
 *
 * @throws {LatentboardError} when the pictures don't fit the model, or its likelihood can't be scored
 */
export async function evaluateModel(subject: Subject, options: EvaluationOptions): Promise<Evaluation> {
  const started = performance.now();
  const { runtime, decoder, test } = subject;
  const { seed, samples, signal, onProgress, features } = options;
  const { document, latentDim } = runtime;
  const count = Math.min(options.limit ?? test.count, test.count);
  const trained = trainedDataOf(document);
  const places = evenlySpacedIndices(test.count, count);
  const pixels = test.readBatch(places);
  const scored = asTrained(pixels, places, trained, subject.split ?? "test");
  const size = test.height * test.width * test.channels;

  const posteriors = await encodeAll(runtime, scored, count, {
    batchSize: BATCH,
    onBatch: (done) => {
      signal?.throwIfAborted();
      onProgress?.("encode", done, count);
    },
  });
  const kl = klPerLatent(posteriors);
  const graph = likelihoodModel(decoder, document.likelihood);
  const boundOf = (draws: number, stage: EvaluationStage) =>
    parallelBound(graph, scored, posteriors, {
      samples: draws,
      seed,
      ...(signal ? { signal } : {}),
      ...(options.workers ? { workers: options.workers } : {}),
      onProgress: (done) => onProgress?.(stage, done, count),
    });
  const elboDraw = await boundOf(1, "elbo");

  const means = await decodeAll(runtime, posteriors.mu, count, size, "pictures", options);
  const compared = comparePictures(scored, means, test, count);
  const total = kl.reduce((sum, value) => sum + value, 0);

  const labelled = test.labels === undefined ? {} : await probeLabels(subject, places, posteriors, options);
  const aggregate = drawPosterior(posteriors, seed);
  const rows = Math.min(MMD_ROWS, count);
  const levels = runtime.levels ?? new Array<number>(latentDim).fill(0);
  const onlyCodes = levels.every((values) => values > 0);
  const prior = sampleLatents(seed + 1, rows, levels);
  const mmd = maximumMeanDiscrepancy(aggregate.subarray(0, rows * latentDim), prior, latentDim);

  let frechet: Evaluation["frechet"];
  if (features !== undefined) {
    const drawn = Math.min(FRECHET_PICTURES, count);
    const sampled = await decodeAll(runtime, sampleLatents(seed, drawn, levels), drawn, size, "samples", options);
    const real = await features.features(pixels.subarray(0, drawn * size), drawn);
    const distanceOf = async (pictures: Uint8Array) =>
      frechetDistance(await features.features(pictures, drawn), real, features.dimensions);
    frechet = {
      samples: await distanceOf(sampled),
      reconstructions: await distanceOf(means.subarray(0, drawn * size)),
      features: features.name,
    };
  }

  // Every draw of a code is the same: there is nothing to weigh.
  const bound = samples === 0 || onlyCodes ? undefined : await boundOf(samples, "likelihood");

  const elbo = elboMetrics(-elboDraw.mean - total, total, document.image);
  return {
    model: document.name,
    decoderSha256: document.files["decoder.onnx"]!.sha256,
    dataset: test.name,
    pictures: count,
    seed,
    pixels: trained.binarize !== "none" ? "binarised" : test.channels === 1 ? "grey-scale" : "colour",
    likelihood: document.likelihood.kind,
    ...(onlyCodes ? { codes: true as const } : {}),
    ...elbo,
    negativeElbo: { mean: elbo.negativeElbo, standardError: elboDraw.standardError },
    ...(bound ? { negativeLogLikelihood: { mean: -bound.mean, standardError: bound.standardError, samples } } : {}),
    activeUnits: activeUnits(kl),
    activeUnitsByVariance: activeUnitsByVariance(posteriors),
    klPerLatent: kl,
    ...compared,
    mmd,
    ...(frechet ? { frechet } : {}),
    ...labelled,
    seconds: (performance.now() - started) / 1000,
  };
}

async function decodeAll(
  runtime: EvaluatedModel,
  z: Float32Array,
  count: number,
  size: number,
  stage: EvaluationStage,
  { signal, onProgress }: Pick<EvaluationOptions, "signal" | "onProgress">,
): Promise<Uint8Array> {
  const pixels = new Uint8Array(count * size);
  const dimensions = runtime.latentDim;
  for (let first = 0; first < count; first += BATCH) {
    signal?.throwIfAborted();
    const end = Math.min(first + BATCH, count);
    const decoded = await runtime.decode(z.subarray(first * dimensions, end * dimensions), end - first);
    pixels.set(decoded.pixels, first * size);
    onProgress?.(stage, end, count);
  }
  return pixels;
}

function comparePictures(
  originals: Uint8Array,
  reconstructions: Uint8Array,
  shape: ImageSet,
  count: number,
): Pick<Evaluation, "mse" | "psnr" | "ssim"> {
  const size = originals.length / count;
  let [psnr, ssim] = [0, 0];
  const measurable = shape.height >= 11 && shape.width >= 11;
  for (let i = 0; i < count; i++) {
    const pictureOf = (pixels: Uint8Array) => pixels.subarray(i * size, (i + 1) * size);
    const [a, b] = [pictureOf(originals), pictureOf(reconstructions)];
    // Equal pictures have no finite ratio: one level of difference in one pixel is the maximum that counts.
    psnr += peakSignalToNoise(Math.max(meanSquaredError(a, b), 1 / (255 * 255 * size))) / count;
    if (measurable) ssim += structuralSimilarity(a, b, shape) / count;
  }
  return { mse: meanSquaredError(originals, reconstructions), psnr, ...(measurable ? { ssim } : {}) };
}

async function probeLabels(
  { runtime, test, train }: Subject,
  places: Uint32Array,
  { latentDim: dimensions, count, mu }: Posteriors,
  options: EvaluationOptions,
): Promise<Pick<Evaluation, "nearestNeighbours" | "linearProbe" | "mutualInformationGap">> {
  const judged = { values: mu, labels: Uint8Array.from(places, (place) => test.labels![place]!), dimensions };
  const classes = test.labelNames.length;
  const mutualInformation = mutualInformationGap(judged);
  const gap = Number.isNaN(mutualInformation) ? {} : { mutualInformationGap: mutualInformation };
  if (train?.labels === undefined) {
    if (count < 2) return gap;
    return { ...readLabels(everySecond(judged, 0), everySecond(judged, 1), classes), ...gap };
  }
  const learned = evenlySpacedIndices(train.count, PROBE_ROWS);
  const pixels = asTrained(train.readBatch(learned), learned, trainedDataOf(runtime.document), "train");
  const encoded = await encodeAll(runtime, pixels, learned.length, {
    batchSize: BATCH,
    onBatch: (done) => {
      options.signal?.throwIfAborted();
      options.onProgress?.("probes", done, learned.length);
    },
  });
  const labels = Uint8Array.from(learned, (place) => train.labels![place]!);
  return { ...readLabels({ values: encoded.mu, labels, dimensions }, judged, classes), ...gap };
}

function everySecond({ values, labels, dimensions }: LabelledLatents, first: 0 | 1): LabelledLatents {
  const rows = Array.from(labels.keys()).filter((row) => row % 2 === first);
  return {
    values: Float32Array.from(rows.flatMap((row) => [...values.subarray(row * dimensions, (row + 1) * dimensions)])),
    labels: Uint8Array.from(rows, (row) => labels[row]!),
    dimensions,
  };
}

function readLabels(
  known: LabelledLatents,
  judged: LabelledLatents,
  classes: number,
): Pick<Evaluation, "nearestNeighbours" | "linearProbe"> {
  return {
    nearestNeighbours: nearestNeighbourAccuracy(known, judged),
    linearProbe: linearProbeAccuracy(known, judged, classes),
  };
}

/** One draw from each posterior: a sample of the aggregate posterior, `[count, latentDim]`. */
export function drawPosterior({ count, latentDim, mu, logvar }: Posteriors, seed: number): Float32Array {
  const noise = samplePrior(seed, count, latentDim);
  return noise.map((value, i) => mu[i]! + Math.exp(0.5 * logvar[i]!) * value);
}
