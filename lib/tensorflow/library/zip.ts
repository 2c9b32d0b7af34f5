/** Takes single files out of a large zip archive without holding it in memory. */
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
// @ts-types="@types/yauzl"
import { openPromise } from "yauzl";

/**
 * Extracts files from a zip archive.
 *
 * @param archive its path
 * @param targetOf the path to write a member to; undefined skips it
 * @returns the names of the members that were extracted
 * @throws {Error} the archive is damaged, or packed by a method other than deflate
 */
export async function extract(
  archive: string,
  targetOf: (member: string) => string | undefined,
): Promise<string[]> {
  const zip = await openPromise(archive);
  const extracted: string[] = [];
  for await (const entry of zip.eachEntry()) {
    const target = targetOf(entry.fileName);
    if (target === undefined) continue;
    const contents = await zip.openReadStreamPromise(entry);
    await pipeline(contents, createWriteStream(target));
    extracted.push(entry.fileName);
  }
  return extracted;
}
