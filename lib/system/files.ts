/** Files that are whole or absent: what is written is synced to the disk before it takes its name. */
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { nameFaultyPath } from "./storage.ts";

/** SHA-256 of some bytes, in hexadecimal. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Writes a file so that it is whole or absent after a crash: temporary name, fsync, rename, fsync of the folder.
 *
 * @param path the file's final place; its folder must exist
 * @param bytes what it is to hold
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}`);
  try {
    await writeSynced(temporary, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Writes a new file and syncs it to the disk.
 *
 * @param path where there is no file yet
 * @param bytes what it is to hold
 */
export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  try {
    for (let written = 0; written < bytes.byteLength;) written += await file.write(bytes.subarray(written));
    await file.sync();
  } catch (error) {
    throw nameFaultyPath(error, path);
  }
}

/**
 * Syncs a folder to the disk, so that a rename in it outlives a crash.
 *
 * @param path the folder
 */
export async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return; // a folder can't be opened for syncing there
  using folder = await Deno.open(path, { read: true });
  await folder.sync();
}

/**
 * Makes a folder, and a file in it that is gone at once: what fails here would fail when a model is published.
 *
 * @throws {LatentboardError} `unavailable`, naming the folder
 */
export async function checkWritable(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.remove(await Deno.makeTempFile({ dir: folder, prefix: ".check-" }));
  } catch (cause) {
    throw new LatentboardError("unavailable", `Cannot write to ${folder}: choose another --out, or make it writable`, {
      field: "out",
      cause,
    });
  }
}

/**
 * Reads a whole file that may be anyone's. A pipe or a device, which could be read for ever, and a file that is too long
 * are refused before they are opened.
 *
 * @param limit in bytes
 * @throws {LatentboardError} `damaged`, saying what is wrong with the file, but not where it lies
 */
export async function readBoundedFile(path: string, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const { isFile, isDirectory, size } = await Deno.stat(path);
  if (!isFile) {
    throw new LatentboardError("damaged", `it is a ${isDirectory ? "folder" : "pipe or device"}, not a file`);
  }
  if (size > limit) throw new LatentboardError("damaged", `it has ${size} bytes, at most ${limit} are read`);
  return await Deno.readFile(path);
}

/** Whether something lies at a path, whatever it is. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
