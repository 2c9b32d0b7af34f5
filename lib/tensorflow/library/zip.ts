/** Takes single files out of a large zip archive without holding it in memory. */
import { createWriteStream } from "node:fs";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
// @ts-types="@types/yauzl"
import { openPromise } from "yauzl";

/**
 * Extracts files from a zip archive.
 *
 * @param archive its path
 * @param targetOf the path to write a member to; undefined skips it
 * @param onBytes called with the number of bytes unpacked since the last call
 * @returns the names of the members that were extracted
 * @throws {Error} the archive is damaged, or packed by a method other than deflate
 */
export async function extract(
  archive: string,
  targetOf: (member: string) => string | undefined,
  onBytes: (bytes: number) => void = () => {},
): Promise<string[]> {
  const zip = await openPromise(archive);
  const extracted: string[] = [];
  for await (const entry of zip.eachEntry()) {
    const target = targetOf(entry.fileName);
    if (target === undefined) continue;
    const contents = await zip.openReadStreamPromise(entry);
    contents.on("data", (chunk: Uint8Array) => onBytes(chunk.length));
    await pipeline(contents, createWriteStream(target));
    extracted.push(entry.fileName);
  }
  return extracted;
}

/**
 * Reads the first text file of a zip archive whose name matches.
 *
 * @returns undefined where none does
 */
export async function readText(archive: string, matches: (member: string) => boolean): Promise<string | undefined> {
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    if (matches(entry.fileName)) return await text(await zip.openReadStreamPromise(entry));
  }
}
