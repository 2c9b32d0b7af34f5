/** What a simple reader can tell of the labels from the latents: nearest neighbours, a linear probe, and MIG. */
import { Matrix, solve } from "ml-matrix";

/** Latents with a label each: `values` is `[count, dimensions]`, labels are 0 to `classes` − 1. */
export interface LabelledLatents {
  /** `[count, dimensions]`, row by row. */
  readonly values: Float32Array;
  /** One per row. */
  readonly labels: Uint8Array;
  readonly dimensions: number;
}

/**
 * Accuracy of a k-nearest-neighbours classifier under Euclidean distance. A tie between classes goes to the lowest label.
 *
 * @param train what the neighbours are chosen from
 * @returns 0 to 1
 */
export function nearestNeighbourAccuracy(train: LabelledLatents, test: LabelledLatents, k = 5): number {
  const { dimensions } = train;
  const neighbours = Math.min(k, train.labels.length);
  const distances = new Float64Array(neighbours);
  const labels = new Uint8Array(neighbours);
  let right = 0;
  for (let t = 0; t < test.labels.length; t++) {
    distances.fill(Infinity);
    for (let i = 0; i < train.labels.length; i++) {
      let distance = 0;
      for (let d = 0; d < dimensions; d++) {
        const difference = train.values[i * dimensions + d]! - test.values[t * dimensions + d]!;
        distance += difference * difference;
      }
      if (distance >= distances[neighbours - 1]!) continue;
      let place = neighbours - 1; // insertion keeps the nearest in order; a tie keeps the earlier row
      for (; place > 0 && distances[place - 1]! > distance; place--) {
        distances[place] = distances[place - 1]!;
        labels[place] = labels[place - 1]!;
      }
      distances[place] = distance;
      labels[place] = train.labels[i]!;
    }
    if (mostFrequent(labels) === test.labels[t]) right++;
  }
  return right / test.labels.length;
}

function mostFrequent(labels: Uint8Array): number {
  const votes = new Uint32Array(256);
  for (const label of labels) votes[label]!++;
  return votes.indexOf(votes.reduce((max, vote) => Math.max(max, vote), 0));
}

/**
 * Accuracy of a linear probe: ridge regression onto one-hot labels with an unpenalised intercept, the highest output
 * wins.
 *
 * @param train what the probe is fitted to
 * @returns 0 to 1
 */
export function linearProbeAccuracy(
  train: LabelledLatents,
  test: LabelledLatents,
  classes: number,
  penalty = 1,
): number {
  const { dimensions } = train;
  const count = train.labels.length;
  const means = new Float64Array(dimensions);
  for (let i = 0; i < train.values.length; i++) means[i % dimensions]! += train.values[i]! / count;
  const shares = new Float64Array(classes);
  for (const label of train.labels) shares[label]! += 1 / count;

  const gram = Matrix.eye(dimensions, dimensions).mul(penalty);
  const moments = Matrix.zeros(dimensions, classes);
  const row = new Float64Array(dimensions);
  for (let i = 0; i < count; i++) {
    for (let d = 0; d < dimensions; d++) row[d] = train.values[i * dimensions + d]! - means[d]!;
    for (let d = 0; d < dimensions; d++) {
      for (let e = 0; e < dimensions; e++) gram.set(d, e, gram.get(d, e) + row[d]! * row[e]!);
      for (let c = 0; c < classes; c++) {
        const target = (train.labels[i] === c ? 1 : 0) - shares[c]!;
        moments.set(d, c, moments.get(d, c) + row[d]! * target);
      }
    }
  }
  const weights = solve(gram, moments);
  let right = 0;
  for (let i = 0; i < test.labels.length; i++) {
    let [best, score] = [0, -Infinity];
    for (let c = 0; c < classes; c++) {
      let output = shares[c]!;
      for (let d = 0; d < dimensions; d++) output += weights.get(d, c) * (test.values[i * dimensions + d]! - means[d]!);
      if (output > score) [best, score] = [c, output];
    }
    if (best === test.labels[i]) right++;
  }
  return right / test.labels.length;
}

/**
 * Mutual information gap of one factor: by how much the mutual information of the most informative latent exceeds the next's, as a share of
 * the factor's entropy. Latents are cut into equal bins of their range. Chen et al., "Isolating Sources of
 * Disentanglement in VAEs" (2018), section 4.
 *
 * @param latents the latents with the factor's value as label
 * @param bins how many bins a latent's range is cut into
 * @returns 0 to 1; NaN when the factor never changes
 */
export function mutualInformationGap(latents: LabelledLatents, bins = 20): number {
  const { values, labels, dimensions } = latents;
  const information = Array.from({ length: dimensions }, (_, d) => {
    const column = Float64Array.from(labels, (_, i) => values[i * dimensions + d]!);
    return mutualInformation(binned(column, bins), labels);
  }).sort((a, b) => b - a);
  const entropy = mutualInformation(labels, labels);
  return entropy === 0 ? NaN : (information[0]! - (information[1] ?? 0)) / entropy;
}

/** Bins of equal width from the smallest value to the largest. */
function binned(column: Float64Array, bins: number): Uint8Array {
  const [low, high] = [column.reduce((a, b) => Math.min(a, b)), column.reduce((a, b) => Math.max(a, b))];
  return Uint8Array.from(
    column,
    (value) => high === low ? 0 : Math.min(bins - 1, Math.floor((value - low) / (high - low) * bins)),
  );
}

/** Mutual information of two discrete variables, nats. */
function mutualInformation(a: Uint8Array, b: Uint8Array): number {
  const joint = new Map<number, number>();
  const [countA, countB] = [new Uint32Array(256), new Uint32Array(256)];
  for (let i = 0; i < a.length; i++) {
    const key = a[i]! * 256 + b[i]!;
    joint.set(key, (joint.get(key) ?? 0) + 1);
    countA[a[i]!]!++;
    countB[b[i]!]!++;
  }
  let sum = 0;
  for (const [key, both] of joint) {
    sum += both / a.length * Math.log(both * a.length / (countA[key >> 8]! * countB[key & 255]!));
  }
  return sum;
}
