// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task evaluate`: what a model learned, in figures. */
import { evenlySpacedIndices } from "../dataset/evenly_spaced.ts";
import { type Evaluation, htmlReport, recordFigures, type ReportPicture, textTable } from "../evaluation/mod.ts";
import { encodePng, splitBitmaps } from "../imaging/mod.ts";
import { samplePrior } from "../latent/mod.ts";
import { type CommandSpec, type ParsedCommand, readSettings } from "../settings.ts";
import { type ExitCode, runCommand } from "./support/command.ts";
import { EVALUATION_OPTIONS, type EvaluationContext, measure } from "./support/evaluation.ts";
import { featureSpaces } from "./support/features.ts";
import { untilInterrupted } from "./support/interrupt.ts";
import { newestModel, type OpenedModel, withModel } from "./support/opened_model.ts";
import { stringOption } from "./support/options.ts";
import { gridOf, writeOutput } from "./support/output.ts";
import { type OpenedSplit, readSplit } from "./support/pictures.ts";
import { ProgressLine } from "./support/progress.ts";

export const EVALUATE: CommandSpec = {
  name: "evaluate",
  summary: "Measures models, by default the newest: likelihood, reconstruction, samples, and what the latents tell.",
  arguments: "[model|run...]",
  options: {
    ...EVALUATION_OPTIONS,
    json: { kind: "boolean", help: "print the figures as JSON" },
    html: { kind: "string", value: "<file>", help: "also write them as one HTML file with plots" },
    save: { kind: "boolean", help: "write the figures into the model's model.json" },
  },
  examples: [
    "deno task evaluate",
    "deno task evaluate fashion-mnist",
    "deno task evaluate latest --num-samples 100 --limit 1000 --html report.html",
  ],
};

export async function evaluate({ options, rest }: ParsedCommand): Promise<ExitCode> {
  const settings = readSettings(options);
  const names = rest.length > 0 ? rest : [await newestModel(settings)];
  const progress = new ProgressLine();
  return await untilInterrupted(async (signal) => {
    const featureSpaceOf = featureSpaces(settings, progress, signal);
    const context: EvaluationContext = { settings, progress, signal, featureSpaceOf };
    const html = stringOption(options, "html");
    const evaluations: Evaluation[] = [];
    const pictures: ReportPicture[] = [];
    const configurations: Record<string, unknown> = {};
    try {
      for (const name of names) {
        await withModel(name, settings, async (model) => {
          await measure(model, options, context, async (evaluation, opened) => {
            evaluations.push(evaluation);
            configurations[evaluation.model] = model.document.config;
            if (html !== undefined) pictures.push(...await picturesOf(model, opened, evaluation.seed));
          });
          if (options.save === true) await recordFigures(model.models, evaluations.at(-1)!);
        });
      }
    } finally {
      progress.end();
    }
    console.log(options.json === true ? JSON.stringify(evaluations, null, 2) : textTable(evaluations));
    if (html !== undefined) {
      await writeOutput(html, htmlReport(evaluations, pictures, configurations));
      console.error(`Report: ${html}`);
    }
  });
}

/** Samples, and pictures over their reconstructions. */
async function picturesOf(
  { document, runtime }: OpenedModel,
  opened: OpenedSplit,
  seed: number,
): Promise<ReportPicture[]> {
  const columns = 16;
  const shown = readSplit(opened, evenlySpacedIndices(opened.set.count, columns));
  const { mu } = await runtime.encode(shown.pixels, shown.count);
  const reconstructions = await runtime.decode(mu, shown.count);
  const samples = await runtime.decode(samplePrior(seed, 4 * columns, runtime.latentDim), 4 * columns);
  const grid = (...rows: Uint8Array[]) => {
    return encodePng(gridOf(rows.flatMap((row) => splitBitmaps(row, document.image)), shown.count, {}), { level: 9 });
  };
  return [
    {
      caption: `Pictures over their reconstructions by ${document.name}`,
      png: grid(shown.pixels, reconstructions.pixels),
    },
    { caption: `Samples of ${document.name}, seed ${seed}`, png: grid(samples.pixels) },
  ];
}

if (import.meta.main) await runCommand(EVALUATE, evaluate);
