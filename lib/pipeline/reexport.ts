/** Writes a published model's graphs once more with today's exporter, from the parameters that they hold. */
import { LatentboardError } from "../errors.ts";
import { OnnxSession } from "../inference/session.ts";
import { type ModelDocument, type ModelFiles, readModelDocument, readModelFile, writeModel } from "../model/mod.ts";
import { exportModel, readParameters } from "../onnx/mod.ts";
import { samplePrior } from "../latent/mod.ts";
import { buildModel, parseConfig } from "../vae/mod.ts";

/** How many latents and pictures both graphs are given. */
const COMPARED = 64;

/** What re-exporting changed. */
export interface Reexport {
  readonly document: ModelDocument;
  /** Bytes of `pixels`, of those compared, that differ by a grey level: the rounding of ties. */
  readonly differentPixels: number;
}

/**
 * Re-exports a model in its folder. The new graphs must give the very numbers of the old ones, bit for bit, in mu,
 * logvar, logits and image, so that the certificate holds as it stands; bytes may differ where a tie was rounded.
 *
 * @throws {LatentboardError} `damaged` when the graphs don't belong to the configuration, or the numbers differ: nothing
 * is written then
 */
export async function reexportModel(folder: string, name: string): Promise<Reexport> {
  const document = await readModelDocument(folder, name);
  const contents = await Promise.all(
    Object.keys(document.files).map(async (file) => [file, await readModelFile(folder, document, file)] as const),
  );
  const files: ModelFiles = Object.fromEntries(contents);
  const old = { encoder: files["encoder.onnx"]!, decoder: files["decoder.onnx"]! };
  const model = buildModel(parseConfig(document.config), { classes: document.labels.length });
  const parameters = readParameters(model, old);
  const { config, dataset } = document;
  const exported = exportModel(model, parameters, { name, config, dataset: dataset.name });
  const { height, width, channels } = document.image;
  const z = samplePrior(1, COMPARED, model.latentDim);
  const pixels = Uint8Array.from({ length: COMPARED * height * width * channels }, (_, i) => i * 37 % 256);
  await compare("encoder", old.encoder, exported.encoder, pixels, ["mu", "logvar"]);
  await compare("decoder", old.decoder, exported.decoder, z, ["logits", "image"]);
  const [before, after] = await runBoth(old.decoder, exported.decoder, z, ["pixels"]);
  const differentPixels = [...before[0]!].filter((value, i) => value !== after[0]![i]).length;
  const written = await writeModel(
    folder,
    { ...document, opset: exported.opset },
    { ...files, "encoder.onnx": exported.encoder, "decoder.onnx": exported.decoder },
    { force: true },
  );
  return { document: written, differentPixels };
}

async function compare(
  graph: string,
  old: Uint8Array,
  exported: Uint8Array,
  input: Float32Array | Uint8Array,
  outputs: readonly string[],
): Promise<void> {
  const [before, after] = await runBoth(old, exported, input, outputs);
  for (const [i, name] of outputs.entries()) {
    const differs = before[i]!.findIndex((value, at) => !Object.is(value, after[i]![at]));
    if (differs < 0) continue;
    throw new LatentboardError(
      "damaged",
      `Nothing was written: ${name}[${differs}] of the ${graph} is ${before[i]![differs]} and would become ` +
        `${after[i]![differs]}; train the model again to export it by today's exporter`,
      { field: "model" },
    );
  }
}

async function runBoth(
  old: Uint8Array,
  exported: Uint8Array,
  input: Float32Array | Uint8Array,
  outputs: readonly string[],
): Promise<[readonly (Float32Array | Uint8Array)[], readonly (Float32Array | Uint8Array)[]]> {
  const run = async (bytes: Uint8Array) => {
    const session = await OnnxSession.open(bytes, { provider: "cpu" });
    return await session.run(input, COMPARED, outputs).finally(() => session.close());
  };
  return [await run(old), await run(exported)];
}
