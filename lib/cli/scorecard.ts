// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task scorecard`: a published figure, trained and measured again by its protocol. */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { type ModelDocument, readModelDocument } from "../model/mod.ts";
import { writeFileAtomic } from "../system/files.ts";
import { resumeRun, trainModel } from "../pipeline/mod.ts";
import { type CommandSpec, describeCommand, type ParsedCommand, readSettings, type Settings } from "../settings.ts";
import { parseConfig, type TrainingConfig } from "../vae/mod.ts";
import { type ExitCode, runCommand } from "./support/command.ts";
import { differences } from "./support/difference.ts";
import { EVALUATION_OPTIONS, measure } from "./support/evaluation.ts";
import { untilInterrupted } from "./support/interrupt.ts";
import { withModel } from "./support/opened_model.ts";
import { integerOption, refuseExtraArguments, stringOption } from "./support/options.ts";
import { ProgressLine } from "./support/progress.ts";
import { addResult, PROTOCOL_SAMPLES, type Score, scoreText } from "./support/scorecard.ts";
import { TrainingDisplay } from "./support/train_display.ts";

const CONFIG = "configs/fashion-mnist-exemplar.yaml";
const DOCUMENT = "docs/scorecard.md";

export const SCORECARD: CommandSpec = {
  name: "scorecard",
  summary: "Trains and measures a model by a published protocol, and prints its figure beside the published one.",
  options: {
    epochs: { kind: "number", value: "<n>", help: "a short form, which is no result", default: "as the protocol says" },
    "num-samples": { ...EVALUATION_OPTIONS["num-samples"]!, default: String(PROTOCOL_SAMPLES) },
    limit: EVALUATION_OPTIONS.limit!,
    workers: EVALUATION_OPTIONS.workers!,
    seed: { kind: "number", value: "<n>", help: "of the training and of the importance samples", default: "1" },
    resume: { kind: "string", value: "<run>", help: "go on with a run that was stopped" },
    force: { kind: "boolean", help: "retrain where the model exists" },
    save: { kind: "boolean", help: `add the result to ${DOCUMENT}` },
  },
  examples: ["deno task scorecard --save", "deno task scorecard --epochs 2 --num-samples 50 --limit 200"],
};

export async function scorecard({ options, rest }: ParsedCommand): Promise<ExitCode> {
  refuseExtraArguments(rest, 0);
  const settings = readSettings(options);
  const seed = integerOption(options, "seed", 1);
  const protocol = parseConfig(await Deno.readTextFile(CONFIG));
  const config = configOf(protocol, options, seed);
  return await untilInterrupted(async (signal) => {
    const model = await trainedModel(config, options, settings, signal);
    if (model === undefined) return 130;
    const progress = new ProgressLine();
    try {
      const evaluation = await withModel(model.name, settings, async (opened) => {
        const given = { ...options, seed, split: "test", "num-samples": options["num-samples"] ?? PROTOCOL_SAMPLES };
        const context = { settings, progress, signal, featureSpaceOf: () => Promise.resolve(undefined) };
        return await measure(opened, given, context, (evaluation) => Promise.resolve(evaluation));
      });
      const { trainCount } = model.dataset;
      const epochs = model.metrics.epochs ?? 0;
      const score: Score = { protocol: { ...protocol }, config: model.config, trained: trainCount, epochs, evaluation };
      console.log(scoreText(score));
      if (options.save === true) {
        const { engine } = model.certificate;
        const document = await Deno.readTextFile(DOCUMENT);
        await writeFileAtomic(DOCUMENT, addResult(document, score, new Date().toISOString(), engine));
        console.log(`Added to ${DOCUMENT}`);
      }
    } finally {
      progress.end();
    }
  });
}

/** The protocol's configuration; a short form has another name, so that it never stands for the whole. */
function configOf(protocol: TrainingConfig, options: ParsedCommand["options"], seed: number): TrainingConfig {
  const seeded = seed === protocol.seed ? protocol.name! : `${protocol.name}-seed-${seed}`;
  if (options.epochs === undefined) return { ...protocol, name: seeded, seed };
  const epochs = integerOption(options, "epochs", protocol.epochs, { min: 1 });
  return { ...protocol, name: `${seeded}-${epochs}-epochs`, seed, epochs };
}

/** The model, trained unless it is there; undefined when training was stopped. */
async function trainedModel(
  config: TrainingConfig,
  options: ParsedCommand["options"],
  settings: Settings,
  signal: AbortSignal,
): Promise<ModelDocument | undefined> {
  const resume = stringOption(options, "resume");
  if (resume === undefined && options.force !== true) {
    const there = await readModelDocument(settings.models, config.name!).catch((error) => {
      if (error instanceof LatentboardError && error.kind === "not-found") return undefined;
      throw error;
    });
    if (there !== undefined) {
      const [different] = differences([{ ...config }, there.config]);
      if (different === undefined) {
        console.log(`${join(settings.models, there.name)} is trained already: measuring it`);
        return there;
      }
      throw new LatentboardError(
        "conflict",
        `The model "${there.name}" was trained with another ${different.key}: --force retrains it`,
      );
    }
  }
  const { home, models, data, tensorflow } = settings;
  const display = new TrainingDisplay();
  try {
    const pipeline = {
      places: { home, models, data, tensorflow },
      force: options.force === true,
      signal,
      onEvent: (event: Parameters<TrainingDisplay["show"]>[0]) => display.show(event),
    };
    const { run, model } = resume === undefined
      ? await trainModel(config, pipeline)
      : await resumeRun(resume, pipeline);
    display.end();
    if (model === undefined) {
      console.log(`Stopped. Go on with: ${describeCommand(`scorecard --resume ${run}`, { home, models })}`);
    }
    return model;
  } finally {
    display.end();
  }
}

if (import.meta.main) await runCommand(SCORECARD, scorecard);
