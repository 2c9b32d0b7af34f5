/** Saved pictures as one archive, made while it is sent. */
import { Zip, ZipPassThrough } from "fflate";
import type { SavedPicture } from "../protocol.ts";

/**
 * An archive of pictures. One file is in memory at a time, read once the client has taken the one before; PNG files are
 * stored as they are, since they are compressed already.
 *
 * @param read the bytes of a picture's PNG file
 */
export function zipPictures(
  pictures: readonly SavedPicture[],
  read: (id: string) => Promise<Uint8Array>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next = 0;
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
      const picture = pictures[next++];
      if (picture === undefined) return zip.end();
      const file = new ZipPassThrough(fileName(picture));
      file.mtime = picture.createdAt;
      zip.add(file);
      file.push(await read(picture.id), true);
    },
    cancel: () => zip.terminate(),
  }, { highWaterMark: 0 });
}

/** Built from checked parts alone, never from a tag, so that no text of a person becomes a path. */
function fileName({ model, createdAt, id }: SavedPicture): string {
  return `${model}-${createdAt.replace(/[^0-9]/g, "").slice(0, 14)}-${id}.png`;
}
