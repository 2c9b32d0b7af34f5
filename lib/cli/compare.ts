// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task compare`: models side by side. */
import { LatentboardError } from "../errors.ts";
import { type Evaluation, htmlReport, type ReportPicture, textTable } from "../evaluation/mod.ts";
import { type Bitmap, encodePng, fitBitmap, splitBitmaps } from "../imaging/mod.ts";
import { samplePrior } from "../latent/mod.ts";
import { type CommandSpec, type ParsedCommand, readSettings } from "../settings.ts";
import { type ExitCode, runCommand } from "./support/command.ts";
import { differences } from "./support/difference.ts";
import { EVALUATION_OPTIONS, type EvaluationContext, measure } from "./support/evaluation.ts";
import { featureSpaces } from "./support/features.ts";
import { untilInterrupted } from "./support/interrupt.ts";
import { type OpenedModel, withModel } from "./support/opened_model.ts";
import { integerOption, stringOption } from "./support/options.ts";
import { gridOf, OUTPUT_FOLDER, OUTPUT_OPTIONS, outputPath, writeOutput } from "./support/output.ts";
import { ProgressLine } from "./support/progress.ts";

export const COMPARE: CommandSpec = {
  name: "compare",
  summary: "Puts models side by side: figures, samples from the same seeds, and how their configurations differ.",
  arguments: "<model|run> <model|run...>",
  options: {
    ...EVALUATION_OPTIONS,
    "num-samples": { ...EVALUATION_OPTIONS["num-samples"]!, default: "100" },
    json: { kind: "boolean", help: "print figures and differences as JSON" },
    html: { kind: "string", value: "<file>", help: "also write all of it as one HTML file with plots" },
    columns: { kind: "number", value: "<n>", help: "samples per model in the picture", default: "12" },
    ...OUTPUT_OPTIONS,
    out: {
      kind: "string",
      value: "<file>",
      help: `where the picture goes, one row per model; ${OUTPUT_FOLDER}/ by default`,
    },
  },
  examples: [
    "deno task compare fashion-mnist fashion-mnist-2d",
    "deno task compare fashion-mnist fashion-mnist-2d --limit 1000 --html models.html",
  ],
};

export async function compare({ options, rest }: ParsedCommand): Promise<ExitCode> {
  if (rest.length < 2) throw new LatentboardError("invalid", "Two models or more are needed to compare: see --help");
  const settings = readSettings(options);
  const columns = integerOption(options, "columns", 12, { min: 1, max: 200 });
  const given = { ...options, "num-samples": options["num-samples"] ?? 100 };
  const progress = new ProgressLine();
  return await untilInterrupted(async (signal) => {
    const context: EvaluationContext = {
      settings,
      progress,
      signal,
      featureSpaceOf: featureSpaces(settings, progress, signal),
    };
    const evaluations: Evaluation[] = [];
    const configurations: Record<string, unknown>[] = [];
    const rows: Bitmap[][] = [];
    try {
      for (const name of rest) {
        await withModel(name, settings, async (model) => {
          await measure(model, given, context, (evaluation) => Promise.resolve(evaluations.push(evaluation)));
          configurations.push(model.document.config);
          rows.push(await samplesOf(model, columns, evaluations[0]!.seed));
        });
      }
    } finally {
      progress.end();
    }
    const names = evaluations.map(({ model }) => model);
    const grid = gridOf(await sameShape(rows), columns, options);
    const caption = `Samples from seed ${evaluations[0]!.seed}, one row each: ${names.join(", ")}`;
    const png = encodePng(grid, { level: 9, text: { Software: "Latentboard", Description: caption } });
    const path = outputPath(options, `${names.join("-and-")}.png`.slice(-200), [".png"]);
    await writeOutput(path, png);
    const different = differences(configurations);
    console.log(
      options.json === true
        ? JSON.stringify({ evaluations, differences: different, samples: path }, null, 2)
        : [textTable(evaluations), "", ...describe(names, different), "", `${caption}: ${path}`].join("\n"),
    );
    const html = stringOption(options, "html");
    if (html === undefined) return;
    const pictures: ReportPicture[] = [{ caption, png }];
    await writeOutput(html, htmlReport(evaluations, pictures, { differences: different, configurations }));
    console.error(`Report: ${html}`);
  });
}

async function samplesOf({ document, runtime }: OpenedModel, count: number, seed: number): Promise<Bitmap[]> {
  const { pixels } = await runtime.decode(samplePrior(seed, count, runtime.latentDim), count);
  return splitBitmaps(pixels, document.image);
}

/** Models of several sizes are shown at the largest. */
async function sameShape(rows: readonly (readonly Bitmap[])[]): Promise<Bitmap[]> {
  const all = rows.flat();
  const width = Math.max(...all.map((bitmap) => bitmap.width));
  const height = Math.max(...all.map((bitmap) => bitmap.height));
  const channels = all.some((bitmap) => bitmap.channels === 3) ? 3 : 1;
  return await Promise.all(all.map((bitmap) => {
    const fits = bitmap.width === width && bitmap.height === height && bitmap.channels === channels;
    return fits ? bitmap : fitBitmap(bitmap, { width, height, channels, fit: "contain" });
  }));
}

function describe(names: readonly string[], different: ReturnType<typeof differences>): string[] {
  if (different.length === 0) return ["The configurations are the same"];
  const rows = [{ key: "configuration", values: names }, ...different];
  const left = Math.max(...rows.map(({ key }) => key.length));
  const widths = names.map((_, i) => Math.max(...rows.map(({ values }) => values[i]!.length)));
  return rows.map(({ key, values }) => {
    return `${key.padEnd(left)}  ${values.map((value, i) => value.padEnd(widths[i]!)).join("  ")}`.trimEnd();
  });
}

if (import.meta.main) await runCommand(COMPARE, compare);
