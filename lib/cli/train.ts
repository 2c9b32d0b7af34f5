// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task train`: trains a variational autoencoder and publishes it. */
import { dirname } from "node:path";
import { LatentboardError } from "../errors.ts";
import type { PipelineOptions, PipelineResult } from "../pipeline/mod.ts";
import { deviceOf, engineNameOf } from "../engines/names.ts";
import { type CommandSpec, describeCommand, type ParsedCommand, readSettings, resolveUserPath } from "../settings.ts";
import { writeFileAtomic } from "../system/files.ts";
import { type ConfigValues, parseConfig } from "../vae/config.ts";
import type { TrainingConfig } from "../vae/config_schema.ts";
import { rangeOption, SOURCE_OPTIONS } from "./support/data_options.ts";
import { onInterrupt } from "./support/interrupt.ts";
import { integerOption, integersOption, refuseExtraArguments, stringOption } from "./support/options.ts";
import { type ExitCode, runCommand } from "./support/command.ts";
import { describeSeconds } from "./support/progress.ts";
import { TrainingDisplay } from "./support/train_display.ts";

/** What `deno task train` takes. */
export const TRAIN: CommandSpec = {
  name: "train",
  summary: "Trains a variational autoencoder on pictures and leaves a finished model in models/.",
  options: {
    config: { kind: "string", value: "<file>", help: "a YAML such as those in configs/; options win over it" },
    data: {
      kind: "string",
      value: "<source>",
      help: "sample, fashion-mnist, or a path to pictures (docs/data.md)",
      default: "sample",
    },
    classes: { kind: "list", value: "<names>", help: "learn these classes alone" },
    ...SOURCE_OPTIONS,
    epochs: { kind: "number", value: "<n>", help: "passes over the training pictures", default: "10" },
    "batch-size": { kind: "number", value: "<n>", help: "pictures per step", default: "128" },
    "latent-dim": { kind: "number", value: "<n>", help: "latent dimensions", default: "20" },
    architecture: { kind: "string", value: "conv|mlp", help: "the kind of network", default: "conv" },
    hidden: { kind: "list", value: "<units>", help: "units of its dense layers", default: "256, of an mlp 400" },
    optimizer: { kind: "string", value: "<name>", help: "adam, adamw, sgd, momentum or rmsprop", default: "adam" },
    "learning-rate": { kind: "number", value: "<rate>", help: "the full learning rate", default: "0.001" },
    schedule: { kind: "string", value: "<name>", help: "constant, cosine, step or plateau", default: "constant" },
    "clip-norm": {
      kind: "number",
      value: "<norm>",
      help: "limit of the gradients' global norm, 0 for none",
      default: "0",
    },
    ema: { kind: "number", value: "<decay>", help: "average the weights by this decay, 0 for none", default: "0" },
    reconstruction: {
      kind: "string",
      value: "<name>",
      help: "bce, continuous-bernoulli, mse, gaussian, l1, laplace, or both for bce+mse",
      default: "bce",
    },
    beta: { kind: "number", value: "<weight>", help: "weight of the KL divergence", default: "1" },
    "beta-warmup": { kind: "number", value: "<epochs>", help: "epochs over which beta rises from 0", default: "0" },
    "free-bits": { kind: "number", value: "<nats>", help: "KL of each latent that costs nothing", default: "0" },
    "early-stopping": {
      kind: "number",
      value: "<epochs>",
      help: "stop after so many without gain, 0 never",
      default: "0",
    },
    precision: {
      kind: "string",
      value: "float32|tf32",
      help: "tf32 is quicker and coarser, on NVIDIA cards from Ampere on",
      default: "float32",
    },
    seed: { kind: "number", value: "<n>", help: "of first weights, order of pictures and noise", default: "1" },
    name: { kind: "string", value: "<name>", help: "the model's name; data and latents by default" },
    out: { kind: "string", value: "<folder>", help: "where the model goes", default: "models" },
    force: { kind: "boolean", help: "replace a model of that name; publish one that is worse than a mean picture" },
    resume: {
      kind: "string",
      value: "<run>",
      help: "go on with a run: its id, its folder, or latest; with --epochs to another end",
    },
    "allow-changed-data": { kind: "boolean", help: "with --resume: go on though the pictures have changed" },
    "checkpoint-minutes": {
      kind: "number",
      value: "<n>",
      help: "minutes between two checkpoints, 0 for none",
      default: "10",
    },
    "checkpoint-epochs": {
      kind: "number",
      value: "<n>",
      help: "epochs between two checkpoints, 0 for none",
      default: "1",
    },
    snapshots: {
      kind: "number",
      value: "<n>",
      help: "keep latents for films every n epochs, 0 for none",
      default: "1, or what gives 50 of them",
    },
    tensorboard: { kind: "boolean", help: "write TensorBoard's event files into the run's folder too" },
    estimate: {
      kind: "string",
      value: "<file>",
      help: "only measure some steps, and write as JSON what the whole run would take",
    },
    eager: { kind: "boolean", help: "run op by op instead of capturing the step: slower, the reference" },
    engine: {
      kind: "string",
      value: "<name>",
      help: "tensorflow, webgpu, wasm or cpu; the best that can be had by default",
    },
    device: {
      kind: "string",
      value: "cpu|gpu|gpu:1",
      help: "the processor, or an NVIDIA card, by its number; the first card by default, where there is one",
    },
    threads: { kind: "number", value: "<n>", help: "threads that share the work; all cores by default" },
    shards: { kind: "number", value: "<n>", help: "parts of a batch computed side by side; chosen by default" },
  },
  examples: [
    "deno task train",
    "deno task train --config configs/fashion-mnist.yaml --epochs 20",
    "deno task train --data ~/pictures --image-size 64 --channels 3 --name faces",
    "deno task train --resume latest",
    "deno task train --resume latest --epochs 40",
  ],
};

/** Options that say what to learn: a run that goes on has them in its own configuration. */
const CONFIGURING = Object.keys(TRAIN.options).filter((name) =>
  ![
    "out",
    "force",
    "epochs",
    "resume",
    "allow-changed-data",
    "snapshots",
    "tensorboard",
    "estimate",
    "eager",
    "engine",
    "device",
    "threads",
    "shards",
  ]
    .includes(name)
);

async function main({ options, rest }: ParsedCommand): Promise<ExitCode> {
  refuseExtraArguments(rest, 0);
  const resume = stringOption(options, "resume");
  if (resume !== undefined) refuseConfiguring(options);
  const config = resume === undefined ? await readConfig(options) : undefined;
  const engine = engineNameOf(options.engine);
  const device = deviceOf(options.device);
  const settings = readSettings(options);
  const out = typeof options.out === "string" ? resolveUserPath(options.out) : undefined;
  const display = new TrainingDisplay();
  const stop = stopOnInterrupt(display);
  const pipeline: PipelineOptions = {
    places: {
      home: settings.home,
      models: out ?? settings.models,
      data: settings.data,
      tensorflow: settings.tensorflow,
    },
    signal: stop.signal,
    onEvent: (event) => display.show(event),
    out: out ?? (options.models === undefined ? undefined : settings.models),
    epochs: resume === undefined ? undefined : integerOption(options, "epochs", undefined, { min: 1 }),
    allowChangedData: options["allow-changed-data"] === true,
    force: options.force === true,
    eager: options.eager === true,
    engine,
    device,
    threads: integerOption(options, "threads", undefined, { min: 1 }),
    shards: integerOption(options, "shards", undefined, { min: 1 }),
    snapshots: integerOption(options, "snapshots", undefined),
    tensorboard: options.tensorboard === true,
  };
  try {
    const { estimateRun, resumeRun, trainModel } = await import("../pipeline/mod.ts"); // not small, nor needed for a fault
    const estimate = stringOption(options, "estimate");
    if (estimate !== undefined && config !== undefined) {
      return await writeEstimate(estimate, await estimateRun(config, pipeline), display);
    }
    const result = config === undefined ? await resumeRun(resume!, pipeline) : await trainModel(config, pipeline);
    return report(result, display, settings.home);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    display.line("Stopped before training began: nothing to go on with");
    return 130;
  } finally {
    display.end();
    stop.dispose();
  }
}

async function writeEstimate(
  path: string,
  estimate: Awaited<ReturnType<typeof import("../pipeline/mod.ts").estimateRun>>,
  display: TrainingDisplay,
): Promise<ExitCode> {
  await writeFileAtomic(resolveUserPath(path), JSON.stringify(estimate, null, 2) + "\n");
  const { seconds, secondsPerStep, memory, parameters } = estimate;
  display.line(
    `About ${describeSeconds(seconds)} and ${Math.round(memory / 1e6)} MB: ${
      (secondsPerStep * 1000).toFixed(1)
    } ms per ` +
      `step, ${parameters.toLocaleString("en")} parameters`,
  );
  return 0;
}

function report({ run, outcome, model, models }: PipelineResult, display: TrainingDisplay, home: string): ExitCode {
  display.end();
  if (model === undefined) {
    const command = describeCommand(`train --resume ${run}`, { home });
    console.log(`Stopped after step ${outcome.steps}. Go on with: ${command}`);
    return 130;
  }
  const { negativeElbo, reconstruction, kl, activeUnits } = model.metrics;
  console.log(
    `${model.name}: negative ELBO ${negativeElbo!.toFixed(2)} nats ` +
      `(reconstruction ${reconstruction!.toFixed(2)}, KL ${kl!.toFixed(2)}), ` +
      `${activeUnits} of ${model.latents[0]!.shape[0]} latents active`,
  );
  if (outcome.status === "early") console.log(`Stopped early, the best epoch was ${outcome.best?.epoch}`);
  console.log(`See it: ${describeCommand("start", { home, models })}`);
  return 0;
}

/** The first Ctrl-C (or TERM, or HUP) asks for a checkpoint and an end; the second ends at once. */
function stopOnInterrupt(display: TrainingDisplay): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const dispose = onInterrupt(() => {
    controller.abort();
    display.line("Stopping: writing a checkpoint, press Ctrl-C again to stop at once");
  }, () => {
    display.end();
    Deno.exit(130);
  });
  return { signal: controller.signal, dispose };
}

async function readConfig(options: ParsedCommand["options"]): Promise<TrainingConfig> {
  const written = stringOption(options, "config");
  if (written === undefined) return parseConfig({}, overridesOf(options));
  const path = resolveUserPath(written);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new LatentboardError("invalid", `There is no configuration ${path}: see configs/ for those that ship`, {
      field: "config",
      cause: error,
    });
  }
  const config = parseConfig(text, overridesOf(options), path);
  if (options.data !== undefined) return config;
  const source = await besideConfig(config.data.source, dirname(path));
  return { ...config, data: { ...config.data, source } };
}

/** A path in a configuration starts from the configuration's folder; a name stays one unless something there has it. */
async function besideConfig(source: string, folder: string): Promise<string> {
  const path = resolveUserPath(source, folder);
  const isName = !/[\\/]|^\.|^~/.test(source);
  return isName && !await Deno.stat(path).then(() => true, () => false) ? source : path;
}

/** What the options say in the words of a configuration. */
function overridesOf(options: ParsedCommand["options"]): ConfigValues {
  const { architecture, schedule, classes } = options;
  const warmup = options["beta-warmup"];
  return given({
    name: options.name,
    data: {
      source: options.data,
      imageSize: options["image-size"],
      channels: options.channels,
      fit: options.fit,
      labels: options.labels,
      range: rangeOption(options),
      classes,
    },
    architecture: { kind: architecture, hidden: integersOption(options, "hidden", { min: 1 }) },
    latentDim: options["latent-dim"],
    objective: {
      reconstruction: options.reconstruction === "both" ? "bce+mse" : options.reconstruction,
      beta: options.beta,
      freeBits: options["free-bits"],
      warmup: warmup === undefined ? undefined : warmup === 0 ? { kind: "none" } : { kind: "linear", epochs: warmup },
    },
    optimizer: {
      kind: options.optimizer,
      learningRate: options["learning-rate"],
      clipNorm: options["clip-norm"],
    },
    schedule: schedule === undefined ? undefined : { kind: schedule },
    emaDecay: options.ema,
    epochs: options.epochs,
    batchSize: options["batch-size"],
    precision: options.precision,
    seed: options.seed,
    earlyStopping: { patience: options["early-stopping"] },
    checkpoint: { everyMinutes: options["checkpoint-minutes"], everyEpochs: options["checkpoint-epochs"] },
  });
}

/** Leaves out what was not given, at every depth. */
function given(values: ConfigValues): ConfigValues {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      if (value === undefined) return [];
      if (typeof value !== "object" || value === null || Array.isArray(value)) return [[key, value]];
      const inner = given(value as ConfigValues);
      return Object.keys(inner).length === 0 ? [] : [[key, inner]];
    }),
  );
}

function refuseConfiguring(options: ParsedCommand["options"]): void {
  const given = CONFIGURING.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw new LatentboardError(
    "invalid",
    `--${given} can't be changed by --resume: a run goes on with its own configuration; start a new run without --resume`,
    { field: given },
  );
}

if (import.meta.main) await runCommand(TRAIN, main);
