// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task visualize`: pictures of what a model learned, and of how. */
import { basename, join } from "node:path";
import { svgToPng } from "../charts/mod.ts";
import { evenlySpacedIndices } from "../dataset/evenly_spaced.ts";
import { LatentboardError } from "../errors.ts";
import { projectUmap } from "../latent/umap.ts";
import {
  fitPlane,
  latentFilm,
  latentScatter,
  type Projection,
  readSnapshots,
  reconstructionFilm,
} from "../evaluation/mod.ts";
import { encodeGif, splitBitmaps } from "../imaging/mod.ts";
import { latentDimensions } from "../inference/mod.ts";
import { orderByKl, priorGrid } from "../latent/mod.ts";
import { type CommandSpec, type ParsedCommand, readSettings, resolveUserPath, type Settings } from "../settings.ts";
import { drawLossCurve, LOSS_PARTS } from "../training/curves.ts";
import { readHistory } from "../training/history.ts";
import { findRun, listRuns, readRunInfo } from "../training/run.ts";
import { type ExitCode, runCommand } from "./support/command.ts";
import { untilInterrupted } from "./support/interrupt.ts";
import { findModel, type OpenedModel, withModel } from "./support/opened_model.ts";
import {
  choiceOption,
  integerOption,
  listOption,
  refuseExtraArguments,
  requiredArgument,
  stringOption,
} from "./support/options.ts";
import { gridOf, OUTPUT_FOLDER, writeGrid, writeOutput } from "./support/output.ts";
import { DATA_OPTIONS, readSplit, withSplit } from "./support/pictures.ts";
import { ProgressLine } from "./support/progress.ts";

const PLOTS = ["scatter", "manifold", "curves", "latent-film", "reconstruction-film"] as const;
type PlotName = typeof PLOTS[number];

export const VISUALIZE: CommandSpec = {
  name: "visualize",
  summary: "Plots a model's latent space and manifold, and how its run learned: curves and films over the epochs.",
  arguments: "<model|run>",
  options: {
    plots: { kind: "list", value: "<list>", help: PLOTS.join(", "), default: "all that can be made" },
    projection: {
      kind: "string",
      value: "plane|pca|umap",
      help: "how latents are laid on a plane",
      default: "plane for two latents, pca for more",
    },
    limit: { kind: "number", value: "<n>", help: "pictures in the scatter plot", default: "2000" },
    side: { kind: "number", value: "<n>", help: "pictures a side of the manifold", default: "20" },
    seed: { kind: "number", value: "<n>", help: "of UMAP", default: "1" },
    delay: { kind: "number", value: "<ms>", help: "milliseconds per frame of the films", default: "200" },
    out: { kind: "string", value: "<folder>", help: `where they go; ${OUTPUT_FOLDER}/<model>/ by default` },
    ...DATA_OPTIONS,
  },
  examples: [
    "deno task visualize fashion-mnist",
    "deno task visualize fashion-mnist --plots scatter --projection umap",
    "deno task visualize latest --plots latent-film,reconstruction-film",
  ],
};

/** What the plots are made of. */
interface Subject {
  readonly name: string;
  readonly run: string | undefined;
  readonly folder: string;
  readonly options: ParsedCommand["options"];
  readonly settings: Settings;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

export async function visualize({ options, rest }: ParsedCommand): Promise<ExitCode> {
  const written = requiredArgument(rest, "<model|run>");
  refuseExtraArguments(rest, 1);
  const settings = readSettings(options);
  const wanted = plotsOf(options);
  const progress = new ProgressLine();
  return await untilInterrupted(async (signal) => {
    const { name, run } = await subjectOf(written, settings);
    const out = stringOption(options, "out");
    const folder = out === undefined ? join(OUTPUT_FOLDER, name) : resolveUserPath(out);
    const subject: Subject = { name, run, folder, options, settings, progress, signal };
    const left: string[] = [];
    for (const plot of wanted ?? PLOTS) {
      signal.throwIfAborted();
      try {
        const files = await DRAW[plot](subject, written);
        progress.end();
        for (const file of files) console.log(file);
      } catch (error) {
        progress.end();
        // Of all plots, those that this model can't have are passed over; one that was asked for by name is not.
        const missing = error instanceof LatentboardError && ["not-found", "unsupported"].includes(error.kind);
        if (wanted !== undefined || !missing) throw error;
        left.push(`No ${plot}: ${error.message}`);
      }
    }
    for (const line of left) console.error(line);
    if (left.length === PLOTS.length) {
      throw new LatentboardError("not-found", `There is nothing to plot of "${written}"`);
    }
  });
}

const DRAW: Readonly<Record<PlotName, (subject: Subject, written: string) => Promise<string[]>>> = {
  "scatter": (subject, written) => withModel(written, subject.settings, (model) => drawScatter(subject, model)),
  "manifold": (subject, written) => withModel(written, subject.settings, (model) => drawManifold(subject, model)),
  "curves": drawCurves,
  "latent-film": drawLatentFilm,
  "reconstruction-film": drawReconstructionFilm,
};

async function drawScatter(subject: Subject, { document, runtime }: OpenedModel): Promise<string[]> {
  const { options, settings, folder, name, signal, progress } = subject;
  const limit = integerOption(options, "limit", 2000, { min: 3, max: 20_000 });
  const fallback = runtime.latentDim === 2 ? "plane" : "pca";
  const how = choiceOption(options, "projection", ["plane", "pca", "umap"] as const, fallback);
  if (how === "plane" && runtime.latentDim !== 2) {
    throw new LatentboardError(
      "invalid",
      `${name} has ${runtime.latentDim} latents, a plane has 2: use --projection pca`,
      {
        field: "projection",
      },
    );
  }
  if (runtime.latentDim < 2) throw new LatentboardError("unsupported", `${name} has only one latent`);
  return await withSplit(document, options, settings, async (opened) => {
    const { count, pixels, labels, labelNames } = readSplit(opened, evenlySpacedIndices(opened.set.count, limit));
    const { mu } = await runtime.encode(pixels, count, { signal });
    let projection: Projection;
    if (how === "umap") {
      const points = await projectUmap(mu, runtime.latentDim, {
        seed: integerOption(options, "seed", 1),
        signal,
        onProgress: (done, total) => progress.show("UMAP", done, total),
      });
      projection = { points, axes: ["UMAP 1", "UMAP 2"] };
    } else {
      const plane = fitPlane(mu, runtime.latentDim);
      projection = { axes: plane.axes, points: plane.project(mu) };
    }
    const title = `Where ${name} puts ${count.toLocaleString("en")} pictures of ${opened.dataset.name}`;
    const svg = latentScatter({ title, caption: captionOf(document.config) }, projection, labels, labelNames);
    return await writePlot(join(folder, `latents-${how}`), svg);
  });
}

async function drawManifold({ options, folder, name }: Subject, { document, runtime }: OpenedModel): Promise<string[]> {
  const side = integerOption(options, "side", 20, { min: 2, max: 60 });
  const { latentDim } = runtime;
  if (latentDim < 2) throw new LatentboardError("unsupported", `${name} has only one latent`);
  const [across, up] = orderByKl(latentDimensions(document)).map(({ index }) => index).slice(0, 2).sort((a, b) =>
    a - b
  );
  const grid = priorGrid(side);
  const z = new Float32Array(side * side * latentDim);
  for (let cell = 0; cell < side * side; cell++) {
    z[cell * latentDim + across!] = grid[2 * cell]!;
    z[cell * latentDim + up!] = grid[2 * cell + 1]!;
  }
  const { pixels } = await runtime.decode(z, side * side);
  const path = join(folder, "manifold.png");
  const rest = latentDim > 2 ? ", the others at 0" : "";
  const Description =
    `The manifold of ${name}: z${across} to the right and z${up} upwards, equal steps of probability${rest}`;
  await writeGrid(path, gridOf(splitBitmaps(pixels, document.image), side, { scale: 1 }), {
    Software: "Latentboard",
    Description,
  });
  return [path];
}

async function drawCurves({ run, name, folder }: Subject): Promise<string[]> {
  const history = run === undefined ? [] : await readHistory(join(run, "history.jsonl"));
  if (history.length === 0) {
    throw new LatentboardError("not-found", `there is no run of ${name} with epochs in its history`);
  }
  const { config } = await readRunInfo(run!);
  const files: string[] = [];
  for (const part of LOSS_PARTS) {
    const svg = drawLossCurve(name, history, part, { caption: captionOf(config) });
    files.push(...await writePlot(join(folder, part), svg));
  }
  return files;
}

async function drawLatentFilm({ run, name, folder, options, progress }: Subject): Promise<string[]> {
  const snapshots = await snapshotsOf(run, name);
  if (snapshots[0]!.dimensions < 2) throw new LatentboardError("unsupported", `${name} has only one latent`);
  const frames = await latentFilm(name, snapshots, (done) => progress.show("drawing frames", done, snapshots.length));
  return await writeFilm(join(folder, "latent-space.gif"), frames, options);
}

async function drawReconstructionFilm({ run, name, folder, options }: Subject): Promise<string[]> {
  const frames = reconstructionFilm(await snapshotsOf(run, name));
  return await writeFilm(join(folder, "reconstructions.gif"), frames, options);
}

async function writeFilm(
  path: string,
  frames: Parameters<typeof encodeGif>[0],
  options: ParsedCommand["options"],
): Promise<string[]> {
  const delayMs = integerOption(options, "delay", 200, { min: 20, max: 10_000 });
  const still = Array.from({ length: Math.ceil(1500 / delayMs) }, () => frames.at(-1)!); // the end is worth a look
  await writeOutput(path, encodeGif([...frames, ...still], { delayMs }));
  return [path];
}

async function writePlot(path: string, svg: string): Promise<string[]> {
  await writeOutput(`${path}.svg`, svg);
  await writeOutput(`${path}.png`, await svgToPng(svg));
  return [`${path}.svg`, `${path}.png`];
}

async function snapshotsOf(run: string | undefined, name: string) {
  const snapshots = run === undefined ? [] : await readSnapshots(run);
  if (snapshots.length > 0) return snapshots;
  throw new LatentboardError("not-found", `no run of ${name} kept snapshots: train with --snapshots 1`);
}

function plotsOf(options: ParsedCommand["options"]): PlotName[] | undefined {
  return listOption(options, "plots")?.map((name) => choiceOption({ plots: name }, "plots", PLOTS, "scatter"));
}

/** What a command's argument stands for: a run and its model, or a model and the newest run of its name. */
async function subjectOf(written: string, settings: Settings): Promise<{ name: string; run: string | undefined }> {
  try {
    const { name } = await findModel(written, settings);
    const run = await findRun(settings.home, written);
    return { name, run: run ?? await newestRunOf(name, settings.home) };
  } catch (error) {
    const run = await findRun(settings.home, written);
    if (run === undefined) throw error;
    return { name: (await readRunInfo(run)).name, run };
  }
}

async function newestRunOf(name: string, home: string): Promise<string | undefined> {
  for (const id of await listRuns(home)) {
    const run = join(home, "runs", basename(id));
    if ((await readRunInfo(run)).name === name) return run;
  }
  return undefined;
}

/** A configuration in one line of small print. */
function captionOf(config: Readonly<Record<string, unknown>>): string {
  const { data, architecture, latentDim, objective, epochs, seed } = config as {
    data?: { source?: string };
    architecture?: { kind?: string };
    objective?: { reconstruction?: string; beta?: number };
  } & Record<string, unknown>;
  return [
    data?.source?.split(/[\\/]/).at(-1),
    architecture?.kind,
    latentDim === undefined ? undefined : `${latentDim} latents`,
    objective?.reconstruction,
    objective?.beta === undefined ? undefined : `beta ${objective.beta}`,
    epochs === undefined ? undefined : `${epochs} epochs`,
    seed === undefined ? undefined : `seed ${seed}`,
  ].filter((part) => part !== undefined).join(" · ");
}

if (import.meta.main) await runCommand(VISUALIZE, visualize);
