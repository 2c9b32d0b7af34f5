/** A model as a zip archive from anywhere: bounded before it is unpacked, and checked against its model.json. */
import { unzipSync } from "fflate";
import { LatentboardError } from "../errors.ts";
import { parseLatentMap } from "../latent/mod.ts";
import { MAX_MODEL_BYTES } from "../protocol.ts";
import { sha256Hex } from "../system/files.ts";
import { parseJson } from "../system/json.ts";
import { MAX_DOCUMENT_BYTES, type ModelDocument, parseModelDocument } from "./format.ts";
import { sizeOf } from "../latent/levels.ts";
import { HISTORY_FILE, parseHistory } from "./history.ts";
import type { ModelFiles } from "./store.ts";

/** Files that a model may consist of. */
const KNOWN_FILES = ["encoder.onnx", "decoder.onnx", "map.bin", "map.png", "preview.png", HISTORY_FILE] as const;
const REQUIRED_FILES = ["encoder.onnx", "decoder.onnx"] as const;

/** Entries of an archive that are looked at. */
const MAX_ENTRIES = 1000;
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A model that was unpacked. */
export interface UnpackedModel {
  readonly document: ModelDocument;
  readonly files: ModelFiles;
}

/**
 * Unpacks a model. model.json may lie at the top or in any folder, with the model's files beside it, so that shared
 * boards are taken too; whatever else is in the archive is left alone.
 *
 * @param bytes the archive
 * @throws {LatentboardError} `damaged` when it is no zip archive, holds no model, or a file is missing or altered;
 * `too-large` when it would unpack to more than {@linkcode MAX_MODEL_BYTES}
 */
export function unpackModel(bytes: Uint8Array): UnpackedModel {
  const entries = listEntries(bytes);
  const path = [...entries.keys()].filter((name) => /(^|\/)model\.json$/.test(name))
    .toSorted((a, b) => a.length - b.length)[0];
  if (path === undefined) throw damaged("it holds no model.json");
  if (entries.get(path)! > MAX_DOCUMENT_BYTES) throw tooLarge();
  const folder = path.slice(0, -"model.json".length);
  const document = parseDocument(unzip(bytes, [path])[path]!);
  checkDocument(document);

  const names = Object.keys(document.files);
  const total = names.reduce((sum, name) => sum + (entries.get(folder + name) ?? 0), 0);
  if (total > MAX_MODEL_BYTES) throw tooLarge();
  const unpacked = unzip(bytes, names.map((name) => folder + name));
  const files: ModelFiles = {};
  for (const name of names) {
    const content = unpacked[folder + name];
    if (content === undefined) throw damaged(`${name} is missing`);
    if (sha256Hex(content) !== document.files[name]!.sha256) {
      throw damaged(`the SHA-256 of ${name} differs from model.json`);
    }
    files[name] = content;
  }
  checkFiles(document, files);
  return { document, files };
}

/** Unpacked sizes by path, as declared; nothing is unpacked. */
function listEntries(bytes: Uint8Array): Map<string, number> {
  const sizes = new Map<string, number>();
  try {
    unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (sizes.size >= MAX_ENTRIES) throw new RangeError(`Cannot read more than ${MAX_ENTRIES} entries`);
        if (sizes.has(name)) throw new RangeError(`Cannot read ${name} twice`);
        sizes.set(name, originalSize);
        return false;
      },
    });
  } catch (cause) {
    throw damaged("it is no zip archive, or cut short", cause);
  }
  return sizes;
}

/** Unpacks some entries, each into no more than its declared size. */
function unzip(bytes: Uint8Array, paths: readonly string[]): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter: ({ name }) => paths.includes(name) });
  } catch (cause) {
    throw damaged("it can't be unpacked", cause);
  }
}

function parseDocument(json: Uint8Array): ModelDocument {
  try {
    return parseModelDocument(parseJson(json));
  } catch (cause) {
    throw damaged(cause instanceof TypeError ? cause.message : "its model.json is not JSON", cause);
  }
}

/** What only matters for models from elsewhere: which files there are. */
function checkDocument({ files }: ModelDocument): void {
  for (const name of Object.keys(files)) {
    if (!KNOWN_FILES.includes(name as typeof KNOWN_FILES[number])) throw damaged(`a model has no file "${name}"`);
  }
  for (const name of REQUIRED_FILES) if (files[name] === undefined) throw damaged(`model.json names no ${name}`);
}

function checkFiles(document: ModelDocument, files: ModelFiles): void {
  const latentDim = document.latents.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith(".png") && PNG_SIGNATURE.some((byte, i) => content[i] !== byte)) {
      throw damaged(`${name} is no PNG`);
    }
    if (name === HISTORY_FILE) parseHistory(content);
    if (name !== "map.bin") continue;
    try {
      parseLatentMap(content, latentDim);
    } catch (cause) {
      throw damaged(`map.bin does not divide into ${latentDim} latents`, cause);
    }
  }
}

function damaged(fault: string, cause?: unknown): LatentboardError {
  return new LatentboardError("damaged", `This is no model that can be imported: ${fault}`, { field: "body", cause });
}

function tooLarge(): LatentboardError {
  const most = MAX_MODEL_BYTES / 2 ** 20;
  return new LatentboardError("too-large", `This model would unpack to more than ${most} MiB`, { field: "body" });
}
