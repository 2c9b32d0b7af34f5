/** Export, proof that the export does what was trained, and the model's folder. */
import { OnnxSession } from "../inference/mod.ts";
import {
  type ExportCertificate,
  MODEL_FORMAT_VERSION,
  type ModelDocument,
  type ModelFiles,
  writeModel,
} from "../model/mod.ts";
import { checkParity, exportModel, type ParitySide } from "../onnx/mod.ts";
import type { Model, ParameterValues, TrainingConfig } from "../vae/mod.ts";
import type { ModelFunctions } from "./functions.ts";

/** What is published. */
export interface Publication {
  readonly folder: string;
  /** Replaces a model of that name. */
  readonly force: boolean;
  readonly name: string;
  readonly config: TrainingConfig;
  readonly model: Model;
  readonly parameters: ParameterValues;
  /** The model on the training engine. */
  readonly functions: ModelFunctions;
  /** The engine's name, for the certificate. */
  readonly engine: string;
  /** Real pictures to compare on, `[count, height, width, channels]`. */
  readonly pixels: Uint8Array;
  readonly count: number;
  /** What model.json says of data and results. */
  readonly facts: Pick<ModelDocument, "dataset" | "metrics" | "labels"> & {
    readonly statistics: ModelDocument["latents"][number]["statistics"];
  };
  /** map.bin, map.png, preview.png, history.json. */
  readonly companions: ModelFiles;
}

/**
 * Exports a model to ONNX, compares the graphs with the training engine on real pictures, and publishes the folder.
 *
 * @returns model.json as written
 * @throws {LatentboardError} `damaged` when the graphs differ from the engine: nothing is published then; `conflict`
 * when the name is taken
 */
export async function publishModel(publication: Publication): Promise<ModelDocument> {
  const { name, config, model, parameters, facts, folder, force, companions } = publication;
  const exported = exportModel(model, parameters, { name, config, dataset: facts.dataset.name });
  const certificate = await compare(publication, exported);
  const { statistics, ...rest } = facts;
  const latents = describeLatents(model, statistics);
  return await writeModel(
    folder,
    {
      formatVersion: MODEL_FORMAT_VERSION,
      name,
      title: config.title ?? name,
      createdAt: new Date().toISOString(),
      config: { ...config },
      image: model.image,
      opset: exported.opset,
      ...rest,
      certificate: { ...certificate, precision: config.precision },
      latents,
      likelihood: model.likelihood.description,
      prior: model.latents.length === 1 ? latents[0]!.prior : { kind: "factorised", parameters: {} },
    },
    { "encoder.onnx": exported.encoder, "decoder.onnx": exported.decoder, ...companions },
    { force },
  );
}

/** The latents of model.json, each with its part of the statistics. */
function describeLatents(
  { latents }: Model,
  statistics: Publication["facts"]["statistics"],
): ModelDocument["latents"] {
  let from = 0;
  return latents.map(({ name, kind, size, levels }) => {
    const [first, end] = [from, from += size];
    const part = statistics && {
      kl: statistics.kl.slice(first, end),
      mean: statistics.mean.slice(first, end),
      standardDeviation: statistics.standardDeviation.slice(first, end),
      quantiles: { ...statistics.quantiles, values: statistics.quantiles.values.slice(first, end) },
    };
    const prior = levels === undefined
      ? { kind: "standard-normal", parameters: {} }
      : { kind: "uniform", parameters: { levels } };
    return { name, kind, shape: [size], prior, ...(part === undefined ? {} : { statistics: part }) };
  });
}

async function compare(
  { functions, engine, pixels, count }: Publication,
  exported: { encoder: Uint8Array; decoder: Uint8Array },
): Promise<ExportCertificate> {
  const encoder = await OnnxSession.open(exported.encoder, { provider: "cpu" });
  const decoder = await OnnxSession.open(exported.decoder, { provider: "cpu" });
  try {
    return await checkParity({
      engine: {
        name: engine,
        encode: (batch, size) => functions.encode(batch, size),
        decode: (z, size) => functions.decode(z, size),
        ...(functions.model.codeMargins === undefined
          ? {}
          : { codeMargins: async (batch, size) => (await functions.codeMargins(batch, size))! }),
      },
      onnx: onnxSide(encoder, decoder),
      pixels,
      count,
    });
  } finally {
    await Promise.all([encoder.close(), decoder.close()]);
  }
}

function onnxSide(encoder: OnnxSession, decoder: OnnxSession): ParitySide {
  const learnsVariance = decoder.outputs.some(({ name }) => name === "logvar");
  return {
    async encode(pixels, count) {
      const [mu, logvar] = await encoder.run(pixels, count, ["mu", "logvar"]) as [Float32Array, Float32Array];
      return { mu, logvar };
    },
    async decode(z, count) {
      const names = ["logits", "image", ...(learnsVariance ? ["logvar"] : [])];
      const [logits, image, logvar] = await decoder.run(z, count, names) as Float32Array[];
      return { logits: logits!, image: image!, ...(logvar === undefined ? {} : { logvar }) };
    },
  };
}
