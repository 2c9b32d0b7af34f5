/** What `evaluate` and `compare` share: one model measured on its dataset, with progress. */
import { evaluateModel, type Evaluation, type EvaluationStage, type FeatureSpace } from "../../evaluation/mod.ts";
import type { OptionSpec, ParsedCommand, Settings } from "../../settings.ts";
import type { Dataset } from "../../dataset/mod.ts";
import type { OpenedModel } from "./opened_model.ts";
import { integerOption } from "./options.ts";
import { DATA_OPTIONS, type OpenedSplit, withSplit } from "./pictures.ts";
import type { ProgressLine } from "./progress.ts";

export const EVALUATION_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  "num-samples": {
    kind: "number",
    value: "<k>",
    help: "importance samples per picture for the likelihood, 0 for none",
    default: "1000",
  },
  seed: { kind: "number", value: "<n>", help: "of every draw", default: "1" },
  limit: { kind: "number", value: "<n>", help: "measure on at most so many pictures" },
  workers: { kind: "number", value: "<n>", help: "threads for the likelihood; one per core by default" },
  "no-frechet": {
    kind: "boolean",
    help: "leave out the Fréchet distance, whose classifier takes minutes to train once",
  },
  ...DATA_OPTIONS,
};

const STAGES: Readonly<Record<EvaluationStage, string>> = {
  encode: "encoding",
  elbo: "negative ELBO",
  pictures: "reconstructing",
  probes: "encoding for the probes",
  samples: "sampling",
  likelihood: "importance-weighted likelihood",
};

/** What measuring needs besides the command's options. */
export interface EvaluationContext {
  readonly settings: Settings;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
  /** Finds or makes the feature space of a dataset; undefined where there can be none. */
  readonly featureSpaceOf: (dataset: Dataset) => Promise<FeatureSpace | undefined>;
}

/**
 * Measures an open model as the options say.
 *
 * @param work is given the figures and the pictures they are of, while the dataset is open
 */
export async function measure<T>(
  model: OpenedModel,
  options: ParsedCommand["options"],
  { settings, progress, signal, featureSpaceOf }: EvaluationContext,
  work: (evaluation: Evaluation, opened: OpenedSplit) => Promise<T>,
): Promise<T> {
  const samples = integerOption(options, "num-samples", 1000, { max: 10_000_000 });
  const seed = integerOption(options, "seed", 1);
  const limit = integerOption(options, "limit", undefined, { min: 2 });
  const workers = integerOption(options, "workers", undefined, { min: 1, max: 256 });
  return await withSplit(model.document, options, settings, async (opened) => {
    const { dataset, set, split } = opened;
    const features = options["no-frechet"] === true ? undefined : await featureSpaceOf(dataset);
    const evaluation = await evaluateModel({
      runtime: model.runtime,
      decoder: await model.file("decoder.onnx"),
      test: set,
      split,
      ...(split === "train" ? {} : { train: dataset.train }),
    }, {
      samples,
      seed,
      ...(limit === undefined ? {} : { limit }),
      ...(workers === undefined ? {} : { workers }),
      ...(features === undefined ? {} : { features }),
      signal,
      onProgress: (stage, done, total) => progress.show(`${model.document.name}: ${STAGES[stage]}`, done, total),
    });
    progress.end();
    return await work(evaluation, opened);
  });
}
