/** Many files as one archive, made while it is sent. */
import { Zip, type ZipInputFile, ZipPassThrough } from "fflate";
import { promisify } from "node:util";
import { crc32, deflateRaw } from "node:zlib";
import type { SavedPicture } from "../protocol.ts";

/** A file of an archive. */
export interface ZippedFile {
  /** Its path within the archive; never made of a person's text. */
  readonly path: string;
  readonly modified: string | Date;
  /** Called when its turn comes. */
  readonly read: () => Promise<Uint8Array>;
  /** Whether it is worth compressing. */
  readonly compress?: boolean;
}

/** A checksum of these takes about a millisecond. */
const PART_BYTES = 256 * 2 ** 10;

/** A body of bytes. */
export type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * An archive of files. One is in memory at a time, read when the client has taken the one before.
 *
 * @param files in the order they are stored
 */
export function zipFiles(files: readonly ZippedFile[]): ByteStream {
  let next = 0;
  let left = false;
  let zip: Zip;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      zip = new Zip((error, chunk, final) => {
        if (error) throw error;
        controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
        if (final) controller.close();
      });
    },
    async pull() {
      const entry = files[next++];
      if (entry === undefined) return zip.end();
      if (entry.compress) return await addDeflated(zip, entry);
      const file = new ZipPassThrough(entry.path);
      file.mtime = entry.modified;
      zip.add(file);
      const bytes = await entry.read();
      // The checksum is computed here: in parts, so that others get their turn in between.
      for (let at = 0; at < bytes.length && !left; at += PART_BYTES) {
        file.push(bytes.subarray(at, at + PART_BYTES), at + PART_BYTES >= bytes.length);
        await new Promise((resolve) => setTimeout(resolve));
      }
      if (bytes.length === 0) file.push(bytes, true);
    },
    cancel() {
      left = true;
      zip.terminate();
    },
  }, { highWaterMark: 0 });
}

const deflate = promisify(deflateRaw);

/** Compresses by native code on a thread of its own, so that the server answers others meanwhile. */
async function addDeflated(zip: Zip, { path, modified, read }: ZippedFile): Promise<void> {
  const bytes = await read();
  const packed = new Uint8Array(await deflate(bytes));
  const file: ZipInputFile = {
    filename: path,
    mtime: modified,
    compression: 8, // deflate
    size: bytes.length,
    crc: crc32(bytes),
  };
  zip.add(file);
  file.ondata!(null, packed, true);
}

/**
 * An archive of saved pictures.
 *
 * @param pictures in the order they are stored
 * @param read the bytes of a picture's PNG file
 */
export function zipPictures(
  pictures: readonly SavedPicture[],
  read: (id: string) => Promise<Uint8Array>,
): ByteStream {
  return zipFiles(pictures.map((picture) => ({
    path: fileName(picture),
    modified: picture.createdAt,
    read: () => read(picture.id),
  })));
}

/** Built from checked parts alone: no tag or other text of a person becomes a path. */
function fileName({ model, createdAt, id }: SavedPicture): string {
  return `${model}-${createdAt.replace(/[^0-9]/g, "").slice(0, 14)}-${id}.png`;
}
