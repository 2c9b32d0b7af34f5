/** Pictures in a file of equal records: sets larger than memory, read as they are needed. */
import { LatentboardError } from "../errors.ts";
import { checkIndex, checkLabels, type ImageSet, type ImageSetParts } from "./image_set.ts";

/** Where the pictures of a set lie. */
export interface RecordFile extends ImageSetParts {
  /** The file: pictures of `[height, width, channels]` one after the other, 0 to 255. */
  readonly path: string;
  /** Where the first picture begins, bytes; 0 by default. */
  readonly offset?: number;
  readonly count: number;
}

/** Which records of which file; what a reading thread is sent. */
export interface ReadRequest {
  readonly path: string;
  /** Where record 0 begins, bytes. */
  readonly offset: number;
  /** Bytes per record. */
  readonly size: number;
  readonly indices: Uint32Array;
}

/** Threads that read ahead, and so reads that a disk may do at once. */
const READERS = 3;

/**
 * Opens a set whose pictures stay in their file: it takes no memory but for labels and the batches in hand.
 *
 * @param record where and what they are
 * @returns the set; `close` it when done
 * @throws {LatentboardError} kind `damaged` when the file is shorter than its pictures
 */
export function openRecordFile(record: RecordFile): ImageSet {
  const { path, offset = 0, name, count, height, width, channels, labels, licence } = record;
  const labelNames = checkLabels(count, labels, record.labelNames);
  const size = height * width * channels;
  const file = Deno.openSync(path);
  if (file.statSync().size < offset + count * size) {
    file.close();
    throw new LatentboardError("damaged", `Cannot read ${path}: it is cut short, so delete it or get it again`);
  }
  const threads = new ReaderThreads();
  const requestFor = (indices: ArrayLike<number>): ReadRequest => ({
    path,
    offset,
    size,
    indices: Uint32Array.from(indices, (index) => checkIndex(index, count)),
  });
  let open = true;
  return {
    name,
    count,
    height,
    width,
    channels,
    ...(labels === undefined ? {} : { labels }),
    labelNames,
    ...(licence === undefined ? {} : { licence }),
    inMemory: false,
    readBatch: (indices) => readRecords(file, requestFor(indices)),
    readBatchAhead: (indices) => threads.read(requestFor(indices)),
    close: () => {
      if (!open) return;
      open = false;
      threads.close();
      file.close();
    },
  };
}

/**
 * Reads records; those that lie one after the other in one go.
 *
 * @param file the open file
 * @param request which records
 * @returns the records in the order wanted
 * @throws {LatentboardError} kind `damaged` when the file ends before a record
 */
export function readRecords(file: Deno.FsFile, request: ReadRequest): Uint8Array<ArrayBuffer> {
  const { offset, size, indices, path } = request;
  const bytes = new Uint8Array(indices.length * size);
  for (let from = 0; from < indices.length;) {
    let to = from + 1;
    while (to < indices.length && indices[to] === indices[to - 1]! + 1) to++;
    file.seekSync(offset + indices[from]! * size, Deno.SeekMode.Start);
    for (let at = from * size; at < to * size;) {
      const read = file.readSync(bytes.subarray(at, to * size));
      if (read === null) {
        throw new LatentboardError("damaged", `Cannot read ${path}: it was cut short, so delete it or get it again`);
      }
      at += read;
    }
    from = to;
  }
  return bytes;
}

interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** A few threads, started when they are first needed; each answers its requests in order. */
class ReaderThreads {
  #threads: { readonly worker: Worker; readonly waiting: Waiting[] }[] = [];
  #closed = false;

  read(request: ReadRequest): Promise<Uint8Array> {
    if (this.#closed) return Promise.reject(new LatentboardError("gone", "Cannot read from a set that was closed"));
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const thread = this.#leastBusy();
    thread.waiting.push({ resolve, reject });
    thread.worker.postMessage(request);
    return promise;
  }

  close(): void {
    this.#closed = true;
    for (const { worker, waiting } of this.#threads) {
      worker.terminate();
      for (const { reject } of waiting) reject(new LatentboardError("gone", "The set was closed while it was read"));
    }
    this.#threads = [];
  }

  #leastBusy() {
    const idle = this.#threads.find(({ waiting }) => waiting.length === 0);
    if (idle !== undefined) return idle;
    if (this.#threads.length < READERS) return this.#start();
    return this.#threads.reduce((best, thread) => thread.waiting.length < best.waiting.length ? thread : best);
  }

  #start() {
    const worker = new Worker(new URL("./_record_reader.ts", import.meta.url), { type: "module" });
    const waiting: Waiting[] = [];
    worker.onmessage = ({ data }: MessageEvent<{ bytes?: Uint8Array; fault?: string }>) => {
      const first = waiting.shift();
      if (data.bytes !== undefined) first?.resolve(data.bytes);
      else first?.reject(new LatentboardError("damaged", data.fault ?? "A record could not be read"));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of waiting.splice(0)) reject(new LatentboardError("unavailable", event.message));
    };
    const thread = { worker, waiting };
    this.#threads.push(thread);
    return thread;
  }
}
