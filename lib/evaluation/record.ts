/** Keeps an evaluation's figures with the model. */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { parseModelDocument, readModelDocument } from "../model/mod.ts";
import { writeFileAtomic } from "../system/files.ts";
import type { Evaluation } from "./evaluate.ts";

/** An evaluation as the flat numbers of model.json's `metrics`. */
export function metricsOf(evaluation: Evaluation): Record<string, number> {
  const { negativeElbo, negativeLogLikelihood: likelihood, frechet } = evaluation;
  const { reconstruction, kl, bitsPerDimension, activeUnits, activeUnitsByVariance, mse, psnr, mmd, pictures } =
    evaluation;
  const { ssim, nearestNeighbours, linearProbe, mutualInformationGap } = evaluation;
  const figures: Record<string, number | undefined> = {
    negativeElbo: negativeElbo.mean,
    reconstruction,
    kl,
    bitsPerDimension,
    negativeLogLikelihood: likelihood?.mean,
    negativeLogLikelihoodError: likelihood?.standardError,
    importanceSamples: likelihood?.samples,
    activeUnits,
    activeUnitsByVariance,
    mse,
    psnr,
    ssim,
    mmd,
    frechetSamples: frechet?.samples,
    frechetReconstructions: frechet?.reconstructions,
    nearestNeighbours,
    linearProbe,
    mutualInformationGap,
    evaluatedPictures: pictures,
  };
  return Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}

/**
 * Writes an evaluation's figures into the `metrics` of the model's model.json; others that are there stay.
 *
 * @throws {LatentboardError} `conflict` when the model was replaced since it was measured
 */
export async function recordFigures(models: string, evaluation: Evaluation): Promise<void> {
  const document = await readModelDocument(models, evaluation.model);
  if (document.files["decoder.onnx"]?.sha256 !== evaluation.decoderSha256) {
    throw new LatentboardError("conflict", `The model "${document.name}" was replaced meanwhile: evaluate it again`);
  }
  const updated = parseModelDocument({ ...document, metrics: { ...document.metrics, ...metricsOf(evaluation) } });
  await writeFileAtomic(join(models, document.name, "model.json"), JSON.stringify(updated, null, 2) + "\n");
}
