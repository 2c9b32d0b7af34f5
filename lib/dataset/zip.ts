/** Zip archives (PKWARE APPNOTE 6.3), read entry by entry: declared sizes are checked before anything is unpacked. */
import { crc32, inflateRawSync } from "node:zlib";
import { LatentboardError } from "../errors.ts";

/** A file in an archive. */
export interface ZipEntry {
  /** Its path in the archive, with `/` between folders. */
  readonly name: string;
  /** Bytes once unpacked, as declared. */
  readonly size: number;
  /** Its checksum, CRC-32, as declared. */
  readonly crc: number;
  /**
   * Unpacks it.
   *
   * @param limit refuses an entry that declares more bytes than this
   * @throws {LatentboardError} kind `too-large` beyond the limit, `unsupported` when it is encrypted or packed in
   *   another way than deflate, `damaged` when its bytes are not what was declared
   */
  read(limit: number): Uint8Array;
}

/** An open archive. */
export interface ZipArchive {
  /** Its files, folders left out, in the archive's order. */
  readonly entries: readonly ZipEntry[];
  close(): void;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const MAX_COMMENT = 0xffff;
/** A list of entries longer than this is not a dataset's. */
const MAX_DIRECTORY = 1 << 30;

/**
 * Opens an archive; only its list of entries is read.
 *
 * @param path the file
 * @throws {LatentboardError} kind `damaged` when it is no zip archive or its list of entries is cut short
 */
export function openZip(path: string): ZipArchive {
  const file = Deno.openSync(path);
  try {
    const size = file.statSync().size;
    const read = (offset: number, length: number) => readAt(file, offset, length, size, path);
    const { offset, length } = findDirectory(read, size, path);
    return { entries: [...readDirectory(read(offset, length), read, path)], close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

type Read = (offset: number, length: number) => Uint8Array;

function readAt(file: Deno.FsFile, offset: number, length: number, size: number, path: string): Uint8Array {
  if (offset < 0 || length < 0 || offset + length > size) throw damaged(path);
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const read = file.readSync(bytes.subarray(at));
    if (read === null) throw damaged(path);
    at += read;
  }
  return bytes;
}

function findDirectory(read: Read, size: number, path: string): { offset: number; length: number } {
  const tailStart = Math.max(0, size - END_SIZE - MAX_COMMENT);
  const tail = viewOf(read(tailStart, size - tailStart));
  let end = tail.byteLength - END_SIZE;
  while (end >= 0 && tail.getUint32(end, true) !== END) end--;
  if (end < 0) throw damaged(path);
  let length = tail.getUint32(end + 12, true);
  let offset = tail.getUint32(end + 16, true);
  if (length === 0xffffffff || offset === 0xffffffff || tail.getUint16(end + 10, true) === 0xffff) {
    const locator = viewOf(read(tailStart + end - 20, 20));
    if (locator.getUint32(0, true) !== LOCATOR_64) throw damaged(path);
    const end64 = viewOf(read(uint64(locator, 8), 56));
    if (end64.getUint32(0, true) !== END_64) throw damaged(path);
    length = uint64(end64, 40);
    offset = uint64(end64, 48);
  }
  if (length > MAX_DIRECTORY) throw damaged(path);
  return { offset, length };
}

function* readDirectory(directory: Uint8Array, read: Read, path: string): Generator<ZipEntry> {
  const view = viewOf(directory);
  for (let at = 0; at + 46 <= directory.length;) {
    if (view.getUint32(at, true) !== CENTRAL) throw damaged(path);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const end = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (end > directory.length) throw damaged(path);
    const name = new TextDecoder().decode(directory.subarray(at + 46, at + 46 + nameLength)).replaceAll("\\", "/");
    const [size, packed, start] = sizesOf(view, at, at + 46 + nameLength, extraLength);
    const crc = view.getUint32(at + 16, true);
    const entry = {
      name,
      size,
      crc,
      packed,
      start,
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
    };
    if (!name.endsWith("/")) yield { name, size, crc, read: (limit) => readEntry(entry, read, limit, path) };
    at = end;
  }
}

/** Unpacked size, packed size and start; those that don't fit into 32 bits stand in the extra field. */
function sizesOf(view: DataView, at: number, extraStart: number, extraLength: number): [number, number, number] {
  const sizes = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
  for (let field = extraStart; field + 4 <= extraStart + extraLength;) {
    const length = view.getUint16(field + 2, true);
    if (view.getUint16(field, true) === 1) {
      let from = field + 4;
      for (const [i, size] of sizes.entries()) {
        if (size !== 0xffffffff || from + 8 > field + 4 + length) continue;
        sizes[i] = uint64(view, from);
        from += 8;
      }
    }
    field += 4 + length;
  }
  return sizes as [number, number, number];
}

interface StoredEntry {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  readonly packed: number;
  readonly start: number;
  readonly method: number;
  readonly encrypted: boolean;
}

function readEntry(entry: StoredEntry, read: Read, limit: number, path: string): Uint8Array {
  const { name, size, crc, packed, start, method, encrypted } = entry;
  if (encrypted) throw new LatentboardError("unsupported", `Cannot unpack ${name}: it is encrypted`);
  if (method !== 0 && method !== 8) {
    throw new LatentboardError("unsupported", `Cannot unpack ${name}: it is packed by method ${method}, not deflate`);
  }
  if (Math.max(size, packed) > limit) {
    throw new LatentboardError(
      "too-large",
      `Cannot unpack ${name}: it holds ${Math.max(size, packed)} bytes, more than ${limit}`,
    );
  }
  const header = viewOf(read(start, 30));
  if (header.getUint32(0, true) !== LOCAL) throw damaged(path);
  const bytes = read(start + 30 + header.getUint16(26, true) + header.getUint16(28, true), packed);
  const plain = method === 0 ? bytes : inflate(bytes, size);
  if (plain === undefined || plain.length !== size || crc32(plain) !== crc) {
    throw new LatentboardError("damaged", `Cannot unpack ${name}: its bytes are not what the archive declares`);
  }
  return plain;
}

function inflate(bytes: Uint8Array, size: number): Uint8Array | undefined {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(size, 1) });
  } catch {
    return undefined; // it is damaged, or grows beyond what was declared: the same to the reader
  }
}

function uint64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(path: string): LatentboardError {
  return new LatentboardError("damaged", `Cannot read ${path} as a zip archive: it is none, or cut short`);
}
