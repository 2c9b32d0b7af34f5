// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** Opens the model that a command names: by its name, its folder, or the run that made it. */
import { basename, dirname, join } from "node:path";
import { LatentboardError } from "../../errors.ts";
import { ModelPool, type ModelRuntime } from "../../inference/mod.ts";
import { listModels, type ModelDocument, readModelDocument, readModelFile } from "../../model/mod.ts";
import { describeCommand, resolveUserPath, type Settings } from "../../settings.ts";
import { findRun, readRunInfo } from "../../training/run.ts";

/** A model that is ready to be asked. */
export interface OpenedModel {
  /** Its model.json. */
  readonly document: ModelDocument;
  /** Its graphs. */
  readonly runtime: ModelRuntime;
  /** The folder that it lies in. */
  readonly models: string;
  /** Reads one of its files, its checksum checked. */
  file(name: string): Promise<Uint8Array>;
}

/** Where a model lies. */
export interface ModelPlace {
  /** The folder that holds the model's own. */
  readonly models: string;
  /** The model's name. */
  readonly name: string;
}

/**
 * Finds a model.
 *
 * @param written a name, the path of a model's folder, or a run: its id, its folder, or `latest`
 * @param settings where models and runs are
 * @throws {LatentboardError} `not-found` with the names that there are
 */
export async function findModel(written: string, settings: Pick<Settings, "home" | "models">): Promise<ModelPlace> {
  const names = await listModels(settings.models);
  if (names.includes(written)) return { models: settings.models, name: written };
  const path = resolveUserPath(written);
  if (await isFile(join(path, "model.json"))) return { models: dirname(path), name: basename(path) };
  const run = await findRun(settings.home, written);
  if (run !== undefined) {
    const { name, settings: places } = await readRunInfo(run);
    const models = typeof places.models === "string" ? places.models : settings.models;
    if ((await listModels(models)).includes(name)) return { models, name };
    throw new LatentboardError("not-found", `The run ${basename(run)} has not published its model "${name}" yet`);
  }
  const hint = names.length === 0
    ? `train one with: ${describeCommand("train", settings)}`
    : `there are ${names.join(", ")}`;
  throw new LatentboardError("not-found", `There is no model named "${written}": ${hint}`, { field: "model" });
}

/**
 * The name of the newest model, which is said on the standard error.
 *
 * @throws {LatentboardError} `not-found` when there is none
 */
export async function newestModel(settings: Pick<Settings, "home" | "models">): Promise<string> {
  const documents = await Promise.all(
    (await listModels(settings.models)).map((name) => readModelDocument(settings.models, name).catch(() => undefined)),
  );
  const newest = documents.filter((document) => document !== undefined)
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  if (newest !== undefined) {
    console.error(`No model was named: taking the newest, ${newest.name}`);
    return newest.name;
  }
  throw new LatentboardError(
    "not-found",
    `There is no model in ${settings.models}: train one with: ${describeCommand("train", settings)}`,
    { field: "model" },
  );
}

/**
 * Opens a model for some work, and closes it afterwards.
 *
 * @param written as in {@linkcode findModel}
 * @throws {LatentboardError} `not-found`, `damaged`, or what the work throws
 */
export async function withModel<T>(
  written: string,
  settings: Pick<Settings, "home" | "models" | "providers">,
  work: (model: OpenedModel) => Promise<T>,
): Promise<T> {
  const { models, name } = await findModel(written, settings);
  const pool = new ModelPool({ models, providers: settings.providers, home: settings.home, capacity: 1 });
  try {
    return await pool.use(name, (runtime) => {
      const { document } = runtime;
      return work({ document, runtime, models, file: (file) => readModelFile(models, document, file) });
    });
  } finally {
    await pool.dispose();
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
