/** Picture files that can't be read in any order are put aside in one file, from which they can. */
import { join } from "node:path";
import { LatentboardError } from "../../errors.ts";
import { type Listing, ListingBuilder, MAX_FILE_BYTES } from "../pictures/files.ts";

/** A file of an archive as it comes by. */
export interface PassingFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly label?: string | undefined;
}

/**
 * Writes passing files into a temporary file of the cache, and lists them there. Each is held in memory once, and none
 * may be larger than a dataset's picture.
 *
 * @param files as they come
 * @param about where they are from, and what changes whenever they do
 * @param home the cache is in it
 */
export async function spool(
  files: AsyncIterable<PassingFile>,
  about: { readonly source: string; readonly version: string },
  home: string,
): Promise<Listing> {
  const folder = join(home, "cache", "spool");
  await Deno.mkdir(folder, { recursive: true });
  const path = await Deno.makeTempFile({ dir: folder });
  const file = await Deno.open(path, { read: true, write: true });
  const close = () => {
    file.close();
    Deno.removeSync(path);
  };
  try {
    const builder = new ListingBuilder();
    let end = 0;
    for await (const { path: name, bytes, label } of files) {
      if (bytes.length > MAX_FILE_BYTES) {
        builder.skip(name, `Cannot read a file of ${bytes.length} bytes: at most ${MAX_FILE_BYTES} are taken`);
        continue;
      }
      const start = end;
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      end += bytes.length;
      builder.add({
        path: name,
        label,
        version: `${about.version}-${start}`,
        read: () => Promise.resolve(readAt(file, start, bytes.length)),
      });
    }
    return builder.finish(about.source, close);
  } catch (error) {
    if (!(error instanceof LatentboardError && error.kind === "invalid")) close(); // finish() has closed it
    throw error;
  }
}

function readAt(file: Deno.FsFile, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  file.seekSync(start, Deno.SeekMode.Start);
  for (let at = 0; at < length;) at += file.readSync(bytes.subarray(at)) ?? length;
  return bytes;
}
