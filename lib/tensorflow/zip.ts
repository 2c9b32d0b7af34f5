/** Takes single files out of a large zip archive without holding it in memory. */

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const CHUNK_BYTES = 1 << 20;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly at: number;
}

/**
 * Takes files out of a zip archive of less than 4 GB.
 *
 * @param archive path of the archive
 * @param targetOf where a member is to be written; undefined for those that are left
 * @param onBytes called with the bytes that were written since the last call
 * @returns the names of the members that were written
 * @throws {RangeError} the archive is damaged, or of a kind that is not read
 */
export async function extract(
  archive: string,
  targetOf: (member: string) => string | undefined,
  onBytes: (bytes: number) => void = () => {},
): Promise<string[]> {
  using file = await Deno.open(archive);
  const written: string[] = [];
  for (const entry of await readDirectory(file)) {
    const target = targetOf(entry.name);
    if (target === undefined) continue;
    await writeEntry(file, entry, target, onBytes);
    written.push(entry.name);
  }
  return written;
}

/**
 * Reads one small text file of a zip archive.
 *
 * @param archive path of the archive
 * @param matches which member
 * @returns undefined where there is none
 */
export async function readText(archive: string, matches: (member: string) => boolean): Promise<string | undefined> {
  using file = await Deno.open(archive);
  const entry = (await readDirectory(file)).find(({ name }) => matches(name));
  return entry && await new Response(await contents(file, entry)).text();
}

async function readDirectory(file: Deno.FsFile): Promise<Entry[]> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - END_BYTES - LONGEST_COMMENT), size);
  const end = findEnd(tail);
  const count = tail.getUint16(end + 10, true);
  const directoryBytes = tail.getUint32(end + 12, true);
  const start = tail.getUint32(end + 16, true);
  if (start + directoryBytes > size) throw damaged("its directory lies beyond its end");
  const directory = await readAt(file, start, start + directoryBytes);
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count;) {
    if (at + 46 > directoryBytes || directory.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw damaged("its directory is cut off");
    }
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => directory.getUint16(at + field, true));
    entries.push({
      name: new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, nameBytes)),
      method: directory.getUint16(at + 10, true),
      compressedBytes: directory.getUint32(at + 20, true),
      bytes: directory.getUint32(at + 24, true),
      at: directory.getUint32(at + 42, true),
    });
    at += 46 + nameBytes! + extraBytes! + commentBytes!;
  }
  return entries;
}

function findEnd(tail: DataView): number {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) === END_OF_DIRECTORY) return at;
  }
  throw damaged("it has no directory");
}

async function writeEntry(
  file: Deno.FsFile,
  entry: Entry,
  target: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let written = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      written += chunk.length;
      onBytes(chunk.length);
      controller.enqueue(chunk);
    },
  });
  const output = await Deno.open(target, { write: true, create: true, truncate: true });
  const stream = await contents(file, entry);
  await stream.pipeThrough(count).pipeTo(output.writable);
  if (written !== entry.bytes) throw damaged(`${entry.name} has ${written} bytes instead of ${entry.bytes}`);
}

async function contents(file: Deno.FsFile, entry: Entry): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { method, at, compressedBytes } = entry;
  const header = await readAt(file, at, at + 30);
  const start = at + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const packed = ReadableStream.from(chunks(file, start, start + compressedBytes));
  if (method === STORED) return packed;
  if (method === DEFLATED) return packed.pipeThrough(new DecompressionStream("deflate-raw"));
  throw damaged(`${entry.name} is packed by method ${method}`);
}

async function* chunks(file: Deno.FsFile, from: number, to: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = from; at < to; at += CHUNK_BYTES) {
    const view = await readAt(file, at, Math.min(at + CHUNK_BYTES, to));
    yield new Uint8Array(view.buffer);
  }
}

async function readAt(file: Deno.FsFile, from: number, to: number): Promise<DataView<ArrayBuffer>> {
  const bytes = new Uint8Array(Math.max(0, to - from));
  await file.seek(from, Deno.SeekMode.Start);
  for (let filled = 0; filled < bytes.length;) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) throw damaged("it is cut off");
    filled += read;
  }
  return new DataView(bytes.buffer);
}

function damaged(how: string): RangeError {
  return new RangeError(`Cannot read the archive: ${how}`);
}
