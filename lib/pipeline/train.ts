/** The whole way from a configuration to a published model: data, training, evaluation, export, proof, publication. */
import { binarizeSeed } from "../dataset/binarize.ts";
import { type DataFingerprint, describeDataChange, fingerprintData } from "../dataset/fingerprint.ts";
import { LatentboardError } from "../errors.ts";
import { checkModelName, refuseTaken } from "../model/mod.ts";
import { describeCommand } from "../settings.ts";
import { checkWritable } from "../system/files.ts";
import { countOf } from "../wording.ts";
import { describeWriteFailure, reserveModelName, RunFolder, trainable, Trainer } from "../training/mod.ts";
import { parseConfig, type TrainingConfig } from "../vae/mod.ts";
import { finish, withFunctions } from "./finish.ts";
import { isEngineName } from "../engines/names.ts";
import { initialValues } from "./initial_values.ts";
import { SnapshotWriter } from "./live_snapshots.ts";
import { modelNameOf } from "../vae/naming.ts";
import type { PipelineOptions, PipelineResult } from "./options.ts";
import { usePrecision } from "./precision.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { RunRecorder } from "./run_recorder.ts";
import { saveSamples, saveSnapshot } from "./samples.ts";
import { pictureSource } from "./sources.ts";
import { TensorBoardRecorder } from "./tensorboard_recorder.ts";

/** How many snapshots of latents a run keeps at most, where their number was not chosen. */
const SNAPSHOTS = 50;

/**
 * Trains a new model and publishes it.
 *
 * @throws {LatentboardError} `conflict` before training when the model's name is taken, and what the parts throw
 */
export async function trainModel(config: TrainingConfig, options: PipelineOptions): Promise<PipelineResult> {
  const { places, force = false } = options;
  const name = checkModelName(modelNameOf(config));
  await checkWritable(places.models);
  if (!force) await refuseTaken(places.models, name);
  using _name = await reserveModelName(places.home, places.models, name).catch((error) => {
    throw describeWriteFailure(error, places.home);
  });
  const named: TrainingConfig = { ...config, name };
  const recorder = new RunRecorder(options);
  const recorded = { ...options, signal: recorder.signal, onEvent: recorder.record };
  const prepared = await prepare(named, recorded);
  const { kind, shards } = prepared.engine;
  const { snapshots = Math.ceil(config.epochs / SNAPSHOTS), tensorboard = false } = options;
  const settings = { models: places.models, force, snapshots, tensorboard, engine: kind, shards };
  const data = fingerprintData(prepared.dataset, recorder.signal);
  const info = { name, config: { ...prepared.config }, settings, data };
  using run = await RunFolder.create(places.home, info).catch((error) => {
    throw describeWriteFailure(error, places.home);
  });
  return await recordRun(run, recorder, () => trainRun(run, prepared, { ...recorded, snapshots }, recorder));
}

/**
 * Begins a run that was queued, or continues one that was stopped, killed or crashed.
 *
 * @param id the run's id, its folder, or `latest`
 * @param options where things are; the model goes where the run's settings say, unless `out` is given
 * @throws {LatentboardError} `not-found` when there is no such run, `conflict` when another process trains it or its
 * pictures have changed
 */
export async function resumeRun(id: string, options: PipelineOptions): Promise<PipelineResult> {
  using run = await RunFolder.open(options.places.home, id);
  const { models, force, snapshots, engine, shards } = run.info.settings;
  const own = typeof models === "string" ? models : options.places.models;
  const places = { ...options.places, models: options.out ?? own };
  const recordedConfig = parseConfig(run.info.config);
  const { epochs = recordedConfig.epochs } = options;
  const further = epochs > recordedConfig.epochs;
  if (run.info.status === "finished" && options.force !== true && !further) {
    const command = `train --resume ${run.info.id} --epochs ${2 * recordedConfig.epochs}`;
    throw new LatentboardError(
      "conflict",
      `The run ${run.info.id} is finished after ${countOf(recordedConfig.epochs, "epoch")}: train it further with ` +
        `${describeCommand(command, { home: options.places.home })}, or make its model again with --force`,
      { field: "resume" },
    );
  }
  const recorder = new RunRecorder(options);
  const finished = run.info.status === "finished";
  return await recordRun(run, recorder, async () => {
    await run.update({ status: "running", failure: undefined });
    const config = { ...recordedConfig, epochs };
    const begun = typeof engine === "string";
    const settled: PipelineOptions = {
      ...options,
      places,
      signal: recorder.signal,
      onEvent: recorder.record,
      // a finished run that is trained further replaces the model that it made
      force: options.force === true || force === true || finished,
      snapshots: options.snapshots ?? (typeof snapshots === "number" ? snapshots : 0),
      begunOn: isEngineName(engine) ? engine : undefined,
      // another number of shards rounds otherwise
      shards: options.shards ?? (typeof shards === "number" ? shards : begun ? 1 : undefined),
    };
    await checkWritable(places.models);
    if (!settled.force) await refuseTaken(places.models, run.info.name);
    using _name = await reserveModelName(places.home, places.models, run.info.name);
    const prepared = await prepare(config, settled);
    const data = checkData(run, prepared, settled);
    const settings = {
      ...run.info.settings,
      models: places.models,
      ...begun ? {} : { engine: prepared.engine.kind, shards: prepared.engine.shards },
      ...options.tensorboard ? { tensorboard: true } : {},
    };
    await run.update({ settings, config: { ...prepared.config }, data });
    return await trainRun(run, prepared, settled, recorder);
  });
}

/** The fingerprint of the pictures, once it is clear that they are the run's, or may be others. */
function checkData(
  { info }: RunFolder,
  { dataset }: Prepared,
  { places, allowChangedData, signal, onEvent }: PipelineOptions,
): DataFingerprint {
  const data = fingerprintData(dataset, signal);
  const change = info.data && describeDataChange(info.data, data);
  if (change === undefined) return data;
  if (allowChangedData === true) {
    onEvent?.({
      type: "warning",
      kind: "data",
      message: `The pictures have changed since the run was begun: ${change}`,
    });
    return data;
  }
  const command = describeCommand(`train --resume ${info.id} --allow-changed-data`, { home: places.home });
  throw new LatentboardError(
    "conflict",
    `The pictures of the run ${info.id} have changed since it was begun: ${change}; put them back, or go on with them ` +
      `as they are: ${command}`,
    { field: "data" },
  );
}

/** Does the work of a run; however that ends, run.json and the run's events say so. */
async function recordRun(
  run: RunFolder,
  recorder: RunRecorder,
  work: () => Promise<PipelineResult>,
): Promise<PipelineResult> {
  await recorder.attach(run);
  try {
    const result = await work();
    const status = result.model === undefined ? "interrupted" : "finished";
    await run.update({ status });
    if (result.model !== undefined) recorder.model(result.model.name);
    recorder.state(status);
    return result;
  } catch (error) {
    if (recorder.signal.aborted && error === recorder.signal.reason) {
      await run.update({ status: "interrupted" });
      recorder.state("interrupted");
      throw error;
    }
    const fault = describeWriteFailure(error, run.path);
    const failure = fault instanceof Error ? fault.message : String(fault);
    await run.update({ status: "failed", failure }).catch(() => {}); // the disk may be full: the fault itself is thrown
    recorder.fail(fault, failure);
    throw fault;
  } finally {
    await recorder.close();
  }
}

async function trainRun(
  run: RunFolder,
  { config, dataset, engine, model }: Prepared,
  options: PipelineOptions,
  recorder: RunRecorder,
): Promise<PipelineResult> {
  const { places, signal, onEvent, eager, snapshots = 0 } = options;
  const ended = { run: run.info.id, models: places.models };
  const { binarize, augment } = config.data;
  const fixedBinarize = binarize === "none" ? "none" : "static";
  recorder.watch(
    new SnapshotWriter(run, model, config, dataset.validation),
    run.info.settings.tensorboard === true ? new TensorBoardRecorder(run) : undefined,
  );
  const trainer: Trainer = new Trainer({
    run,
    config,
    model: trainable(model, { shards: engine.shards }),
    initial: await initialValues(run.path, model, config.seed),
    train: pictureSource(dataset.train, binarize, config.seed, augment),
    validation: pictureSource(dataset.validation, fixedBinarize, binarizeSeed(config.seed, "validation")),
    engine: engine.name,
    eager,
    signal: recorder.trainingSignal,
    onEvent,
    betweenSteps: (position) => recorder.betweenSteps(trainer, position),
    onEpoch: async (record) => {
      await withFunctions(trainer, model, async (functions) => {
        await saveSamples(run, record.epoch, functions, dataset.validation, config.seed);
        if (snapshots > 0 && (record.epoch % snapshots === 0 || record.epoch === config.epochs)) {
          await saveSnapshot(run, record.epoch, functions, dataset.validation);
        }
      });
      await recorder.afterEpoch(trainer, record, record.epoch === config.epochs);
    },
  });
  try {
    usePrecision(config.precision);
    const outcome = await trainer.train();
    if (outcome.status === "interrupted" && !recorder.finishing) {
      return { ...ended, outcome, model: undefined };
    }
    const published = await finish(run, trainer, outcome, { config, dataset, engine, model }, options);
    return { ...ended, outcome, model: published };
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    return { ...ended, outcome: trainer.outcome("interrupted"), model: undefined };
  } finally {
    trainer.dispose();
    dataset.close();
  }
}
