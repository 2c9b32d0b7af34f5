/** Zip archives, read entry by entry: declared sizes are checked before anything is unpacked. */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
// @ts-types="@types/yauzl"
import { type Entry, fromRandomAccessReaderPromise, openPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { LatentboardError } from "../errors.ts";

/** A file in an archive; sizes and checksum are those that it declares. */
export interface ZipEntry {
  /** Its path in the archive, with `/` between folders. */
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  /**
   * Unpacks it.
   *
   * @param limit refuses an entry that declares more bytes than this
   * @throws {LatentboardError} kind `too-large` beyond the limit, `unsupported` when it is encrypted or packed in
   *   another way than deflate, `damaged` when its bytes are not what was declared
   */
  read(limit: number): Promise<Uint8Array>;
  /** Its unpacked bytes as they come, exactly as many as it declares, or an error; the checksum is left to the reader. */
  stream(): AsyncIterable<Uint8Array>;
}

/** An open archive. */
export interface ZipArchive {
  /** Its files in the archive's order, without folders. */
  readonly entries: readonly ZipEntry[];
  close(): void;
}

/**
 * Opens an archive; only its list of entries is read. One that stands behind other bytes, such as a program that
 * unpacks itself, is found too.
 *
 * @param path the file
 * @throws {LatentboardError} kind `damaged` when it is no zip archive or its list of entries is cut short
 */
export async function openZip(path: string): Promise<ZipArchive> {
  let archive: ZipFile | undefined;
  try {
    const prefix = findPrefix(path);
    const options = { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: false } as const;
    archive = prefix === 0 ? await openPromise(path, options) : await fromRandomAccessReaderPromise(
      new ShiftedReader(path, prefix),
      Deno.statSync(path).size - prefix,
      options,
    );
    const entries: ZipEntry[] = [];
    for await (const entry of archive.eachEntry()) {
      const name = decodeName(entry.fileName as unknown as Uint8Array, (entry.generalPurposeBitFlag & 0x800) !== 0);
      if (!name.endsWith("/")) entries.push(entryOf(archive, entry, name));
    }
    const opened = archive;
    return { entries, close: () => opened.close() };
  } catch (cause) {
    archive?.close();
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.PermissionDenied) throw cause;
    throw new LatentboardError("damaged", `Cannot read ${path} as a zip archive: it is none, or cut short`, { cause });
  }
}

function entryOf(archive: ZipFile, entry: Entry, name: string): ZipEntry {
  const { uncompressedSize: size, compressedSize, crc32: crc, compressionMethod: method } = entry;
  const damaged = (cause?: unknown) =>
    new LatentboardError("damaged", `Cannot unpack ${name}: its bytes are not what the archive declares`, { cause });
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    if (entry.isEncrypted()) throw new LatentboardError("unsupported", `Cannot unpack ${name}: it is encrypted`);
    if (method !== 0 && method !== 8) {
      throw new LatentboardError("unsupported", `Cannot unpack ${name}: it is packed by method ${method}, not deflate`);
    }
    let done = 0;
    try {
      for await (const chunk of await archive.openReadStreamPromise(entry)) {
        done += (chunk as Uint8Array).length;
        if (done > size) break; // whatever follows is not unpacked
        yield chunk as Uint8Array;
      }
    } catch (cause) {
      throw damaged(cause);
    }
    if (done !== size) throw damaged();
  };
  const read = async (limit: number): Promise<Uint8Array> => {
    const declared = Math.max(size, compressedSize);
    if (declared > limit) {
      throw new LatentboardError("too-large", `Cannot unpack ${name}: it holds ${declared} bytes, more than ${limit}`);
    }
    const bytes = new Uint8Array(size);
    let at = 0;
    for await (const chunk of stream()) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    if (crc32(bytes) !== crc) throw damaged();
    return bytes;
  };
  return { name, size, crc, read, stream };
}

/** Reads an archive that begins later in its file. */
class ShiftedReader extends RandomAccessReader {
  constructor(readonly path: string, readonly shift: number) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return createReadStream(this.path, { start: start + this.shift, end: end + this.shift - 1 });
  }
}

const END_SIZE = 22;
const MAX_COMMENT = 0xffff;
const END = 0x06054b50;
const CENTRAL = 0x02014b50;

/** Bytes before the archive: what lies between where its list of entries is and where it says that it is. */
function findPrefix(path: string): number {
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  const start = Math.max(0, size - END_SIZE - MAX_COMMENT);
  const tail = new Uint8Array(size - start);
  file.seekSync(start, Deno.SeekMode.Start);
  for (let at = 0; at < tail.length;) at += file.readSync(tail.subarray(at)) ?? tail.length;
  const view = new DataView(tail.buffer);
  let end = tail.length - END_SIZE;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) return 0;
  const [length, offset] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  const prefix = start + end - length - offset;
  if (offset === 0xffffffff || prefix <= 0) return 0; // archives beyond 4 GiB keep their places elsewhere
  const first = new Uint8Array(4);
  file.seekSync(offset, Deno.SeekMode.Start);
  file.readSync(first);
  return length === 0 || new DataView(first.buffer).getUint32(0, true) === CENTRAL ? 0 : prefix;
}

/** The upper half of IBM code page 437, which names without a UTF-8 flag are in by the standard (APPNOTE, D.1). */
const CODE_PAGE_437 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧" +
  "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

/** Many programs write UTF-8 without saying so: what is valid as UTF-8 is read as that. */
function decodeName(bytes: Uint8Array, isUtf8: boolean): string {
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: !isUtf8 }).decode(bytes);
  } catch {
    name = Array.from(bytes, (byte) => byte < 128 ? String.fromCharCode(byte) : CODE_PAGE_437[byte - 128]).join("");
  }
  return name.replaceAll("\\", "/");
}
