/** A classifier's last hidden layer as a feature space. */
import { LatentboardError } from "../errors.ts";
import { OnnxSession } from "../inference/mod.ts";
import { readMetadata } from "../onnx/mod.ts";

/** A feature space for the Fréchet distance. */
export interface FeatureSpace {
  /** What made it, such as the classifier's dataset and accuracy; the figure is named by it. */
  readonly name: string;
  /** Numbers per picture. */
  readonly dimensions: number;
  /** The features of `count` pictures, `[count, dimensions]`. */
  features(pixels: Uint8Array, count: number): Promise<Float32Array>;
}

/** A feature space that holds a session; close it. */
export interface OpenFeatureSpace extends FeatureSpace {
  close(): Promise<void>;
}

const BATCH = 100;

/**
 * Opens a classifier that was exported with its features.
 *
 * @throws {LatentboardError} `damaged` when it has no features
 */
export async function openFeatureSpace(file: Uint8Array): Promise<OpenFeatureSpace> {
  const { name = "a classifier", accuracy } = readMetadata(file);
  const session = await OnnxSession.open(file, { provider: "cpu" });
  const dimensions = session.outputs.find((output) => output.name === "features")?.shape[1];
  if (typeof dimensions !== "number") {
    await session.close();
    throw new LatentboardError(
      "damaged",
      "The classifier has no output named features: delete it, and it is made again",
    );
  }
  const right = accuracy === undefined ? "" : `, ${(100 * Number(accuracy)).toFixed(1)} % right`;
  return {
    name: `${name}${right}`,
    dimensions,
    async features(pixels, count) {
      const size = pixels.length / count;
      const features = new Float32Array(count * dimensions);
      for (let first = 0; first < count; first += BATCH) {
        const end = Math.min(first + BATCH, count);
        const [part] = await session.run(pixels.subarray(first * size, end * size), end - first, ["features"]);
        features.set(part as Float32Array, first * dimensions);
      }
      return features;
    },
    close: () => session.close(),
  };
}
