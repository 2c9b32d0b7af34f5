/** Reads and writes model folders: checksums on every read, atomic on every write. */
import { basename, join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { exists, readBoundedFile, sha256Hex, syncFolder, writeSynced } from "../system/files.ts";
import { parseJson } from "../system/json.ts";
import { MAX_DOCUMENT_BYTES, type ModelDocument, parseModelDocument } from "./format.ts";
import { MODEL_NAME, RESERVED_NAME } from "./name.ts";

/** The bytes of a model's files by name, such as `decoder.onnx`. */
export type ModelFiles = Record<string, Uint8Array>;

/** How often, and how far apart in milliseconds, a model is looked for while it is being replaced. */
const PUBLISH_ATTEMPTS = 50;
const PUBLISH_PAUSE = 10;

/** Ends the name of the folder that a model lies in while a new one takes its place: `.<model>-<random>-old`. */
const RETIRED = "-old";
const RETIRED_MODEL = /^\.(.+)-[0-9a-z]+-old$/;

/**
 * Checks a model's name before it touches a path.
 *
 * @throws {LatentboardError} kind `invalid` when it is not one
 */
export function checkModelName(name: string): string {
  if (MODEL_NAME.test(name)) return name;
  throw new LatentboardError(
    "invalid",
    "A model's name may hold lower-case letters, digits, dots, dashes and underscores, 64 at most, and starts with a letter or digit",
    { field: "model" },
  );
}

/**
 * Checks the name of a model that is about to be written.
 *
 * @throws {LatentboardError} kind `invalid` when it is not one, or stands for something else
 */
export function checkNewModelName(name: string): string {
  if (!RESERVED_NAME.test(checkModelName(name))) return name;
  throw new LatentboardError(
    "invalid",
    `A model can't be named "${name}", which means the newest run, or a device on Windows: choose another name`,
    { field: "model" },
  );
}

/**
 * Lists the models of a folder by name; folders without a model.json, hidden ones and those whose names are no model's
 * are passed over.
 *
 * @returns the names in alphabetical order; empty where the folder does not exist
 */
export async function listModels(folder: string): Promise<string[]> {
  return (await listModelFolders(folder)).filter((name) => MODEL_NAME.test(name));
}

/** All folders that may hold a model, those with names that are no model's too; hidden ones are passed over. */
export async function listModelFolders(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    await restoreRetired(folder);
    for await (const entry of Deno.readDir(folder)) {
      if (entry.name.startsWith(".") || entry.isFile) continue;
      if (await mayExist(join(folder, entry.name, "model.json"))) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

/** False only where there is nothing for certain: what can't be looked at is judged when it is read. */
async function mayExist(path: string): Promise<boolean> {
  try {
    return await exists(path);
  } catch (error) {
    return !(error instanceof Deno.errors.NotADirectory);
  }
}

/**
 * Reads model.json of one model.
 *
 * @throws {LatentboardError} `not-found` where there is none, `damaged` where it can't be read or names another model
 */
export async function readModelDocument(folder: string, name: string): Promise<ModelDocument> {
  const path = join(folder, checkModelName(name), "model.json");
  let document: ModelDocument;
  try {
    document = parseModelDocument(parseJson(await readWhilePublished(folder, name, path)));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new LatentboardError("not-found", `There is no model named "${name}"`, { field: "model", cause });
    }
    throw damagedFile(name, "model.json", cause);
  }
  if (document.name === name) return document;
  throw new LatentboardError(
    "damaged",
    `The folder "${name}" holds the model "${document.name}": give the folder that name`,
    { field: "model" },
  );
}

/**
 * Looks for the files that model.json names, without reading them.
 *
 * @throws {LatentboardError} `damaged` when one is missing or has another length
 */
export async function checkModelFiles(folder: string, { name, files }: ModelDocument): Promise<void> {
  for (const [file, { bytes }] of Object.entries(files)) {
    try {
      const { isFile, size } = await Deno.stat(join(folder, name, file));
      if (isFile && size === bytes) continue;
    } catch (cause) {
      throw damagedFile(name, file, cause);
    }
    throw damagedFile(name, file, new LatentboardError("damaged", `it is not a file of ${bytes} bytes`));
  }
}

/** A file of a model that can't be used: with its reason where it is one that people can mend. */
function damagedFile(name: string, file: string, cause: unknown): LatentboardError {
  const reason = cause instanceof LatentboardError
    ? cause.message
    : cause instanceof Deno.errors.NotFound
    ? "it is missing"
    : cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable
    ? "this user has no right to read it"
    : cause instanceof Deno.errors.FilesystemLoop
    ? "it is a link to itself"
    : cause instanceof TypeError || cause instanceof SyntaxError
    ? cause.message.replace(/^Cannot read model\.json: /, "")
    : "it can't be read";
  return new LatentboardError(
    "damaged",
    `The model "${name}" has a damaged ${file} (${reason}): train or copy it again`,
    { field: "model", cause },
  );
}

/** Reads a file that is missing for a moment while its model is replaced: the old folder leaves before the new one comes. */
async function readWhilePublished(folder: string, name: string, path: string): Promise<Uint8Array> {
  for (let attempt = 1;; attempt++) {
    try {
      return await readBoundedFile(path, MAX_DOCUMENT_BYTES);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) || attempt > PUBLISH_ATTEMPTS) throw error;
      // It may have come between the two looks.
      if (!await isBeingPublished(folder, name)) return await readBoundedFile(path, MAX_DOCUMENT_BYTES);
      if (attempt === PUBLISH_ATTEMPTS) await restoreRetired(folder);
      else await new Promise((resolve) => setTimeout(resolve, PUBLISH_PAUSE));
    }
  }
}

/**
 * Puts back models that were moved aside for a new one by a process that ended before it came. One that is being
 * replaced right now is there again after a pause, and left alone.
 */
async function restoreRetired(folder: string): Promise<void> {
  const retired: { path: string; target: string }[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const model = RETIRED_MODEL.exec(name)?.[1];
    if (model !== undefined) retired.push({ path: join(folder, name), target: join(folder, model) });
  }
  for (const { path, target } of retired) {
    if (await exists(target)) continue;
    await new Promise((resolve) => setTimeout(resolve, PUBLISH_ATTEMPTS * PUBLISH_PAUSE));
    if (await exists(target)) continue;
    await Deno.rename(path, target).catch(() => {}); // gone, or no right to: the next who may will do it
  }
}

async function isBeingPublished(folder: string, name: string): Promise<boolean> {
  try {
    for await (const entry of Deno.readDir(folder)) if (entry.name.startsWith(`.${name}-`)) return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return false;
}

/**
 * Reads one file of a model and checks its SHA-256 against model.json.
 *
 * @returns the bytes as they were published
 * @throws {LatentboardError} `not-found` when the model has no such file, `damaged` when its bytes were altered
 */
export async function readModelFile(folder: string, document: ModelDocument, file: string): Promise<Uint8Array> {
  const expected = document.files[file];
  if (expected === undefined) {
    throw new LatentboardError("not-found", `The model "${document.name}" has no ${file}`, { field: "model" });
  }
  let bytes: Uint8Array;
  try {
    bytes = await readBoundedFile(join(folder, document.name, file), Math.max(expected.bytes, MAX_DOCUMENT_BYTES));
  } catch (cause) {
    throw damagedFile(document.name, file, cause);
  }
  if (sha256Hex(bytes) !== expected.sha256) {
    throw new LatentboardError(
      "damaged",
      `The model "${document.name}" has an altered ${file}, its SHA-256 differs from model.json: train or copy it again`,
      { field: "model" },
    );
  }
  return bytes;
}

/**
 * Refuses a name that a model has.
 *
 * @throws {LatentboardError} `conflict` when it is taken
 */
export async function refuseTaken(folder: string, name: string): Promise<void> {
  if (!await exists(join(folder, name))) return;
  throw new LatentboardError(
    "conflict",
    `A model named "${name}" exists in ${folder}: choose another --name, or --force`,
    { field: "name" },
  );
}

/**
 * Publishes a model: writes all files and model.json into a temporary folder beside the target, syncs them, and renames
 * it into place, so that a reader sees the old model or the new one, never a half.
 *
 * @param document model.json; its `files` is filled in from `files` here
 * @param options `force` replaces a model of that name
 * @returns the document as written
 * @throws {LatentboardError} `conflict` when the name is taken and `force` is not set
 */
export async function writeModel(
  folder: string,
  document: Omit<ModelDocument, "files">,
  files: ModelFiles,
  options: { force?: boolean } = {},
): Promise<ModelDocument> {
  const target = join(folder, checkNewModelName(document.name));
  if (!options.force) await refuseTaken(folder, document.name);
  const complete: ModelDocument = {
    ...document,
    files: Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [name, { sha256: sha256Hex(bytes), bytes: bytes.byteLength }]),
    ),
  };
  parseModelDocument(complete);
  await Deno.mkdir(folder, { recursive: true });
  const temporary = await Deno.makeTempDir({ dir: folder, prefix: `.${document.name}-` });
  try {
    for (const [name, bytes] of Object.entries(files)) await writeSynced(join(temporary, basename(name)), bytes);
    const json = new TextEncoder().encode(JSON.stringify(complete, null, 2) + "\n");
    await writeSynced(join(temporary, "model.json"), json);
    await Deno.chmod(temporary, 0o755);
    const retired = await exists(target) ? `${temporary}${RETIRED}` : undefined;
    if (retired !== undefined) await Deno.rename(target, retired);
    try {
      await Deno.rename(temporary, target);
    } catch (error) {
      if (retired !== undefined) await Deno.rename(retired, target);
      throw error;
    }
    await syncFolder(folder);
    if (retired !== undefined) await Deno.remove(retired, { recursive: true });
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    throw error;
  }
  return complete;
}
