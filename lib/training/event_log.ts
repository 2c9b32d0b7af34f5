/**
 * A run's event log, `events.jsonl`: one JSON line per event, in the order of their ids, which count up from 1 without a
 * gap. Only the holder of the run's lock writes. A line that a crash cut off is taken away before the next is written.
 */
import type { RunEvent } from "../protocol_runs.ts";

/** The log's file name in a run's folder. */
export const EVENT_LOG = "events.jsonl";

/** A {@linkcode RunEvent} before it has its id and time. */
export type NewRunEvent = RunEvent extends infer Event ? Event extends RunEvent ? Omit<Event, "id" | "time"> : never
  : never;

/** More than the longest line: what is read of the end of a log to find its last id. */
const TAIL = 2 ** 20;

/** Writes the event log of a run. */
export class EventLog {
  readonly #file: Deno.FsFile;
  #lastId: number;

  private constructor(file: Deno.FsFile, lastId: number) {
    this.#file = file;
    this.#lastId = lastId;
  }

  /** Opens a log, which is made where there is none. */
  static open(path: string): EventLog {
    const file = Deno.openSync(path, { read: true, write: true, create: true });
    const { end, lastId } = readEnd(file);
    file.truncateSync(end);
    file.seekSync(0, Deno.SeekMode.End);
    return new EventLog(file, lastId);
  }

  /** Adds an event. */
  append(event: NewRunEvent): void {
    const line = JSON.stringify({ id: ++this.#lastId, time: Date.now(), ...event }) + "\n";
    const bytes = new TextEncoder().encode(line);
    for (let written = 0; written < bytes.length;) written += this.#file.writeSync(bytes.subarray(written));
  }

  /** Syncs what was written to the disk. */
  sync(): void {
    this.#file.syncSync();
  }

  /** Lets go of the file. */
  close(): void {
    this.#file.close();
  }
}

const NEWLINE = 10;

/** Where the whole lines of a log end, and the id of the last. */
function readEnd(file: Deno.FsFile): { end: number; lastId: number } {
  const { size } = file.statSync();
  const start = Math.max(0, size - TAIL);
  const tail = new Uint8Array(size - start);
  file.seekSync(start, Deno.SeekMode.Start);
  for (let read = 0; read < tail.length;) read += file.readSync(tail.subarray(read)) ?? tail.length;
  const end = tail.lastIndexOf(NEWLINE) + 1;
  const last = new TextDecoder().decode(tail.subarray(0, end)).trimEnd().split("\n").at(-1)!;
  return { end: start + end, lastId: last === "" ? 0 : (JSON.parse(last) as RunEvent).id };
}

/**
 * The id of a log's newest event; 0 where there is none.
 *
 * @param path of the file, which need not exist
 */
export async function lastEventId(path: string): Promise<number> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
  try {
    return readEnd(file).lastId;
  } finally {
    file.close();
  }
}

/** Reads a log from its beginning, and on while it grows. */
export class EventLogReader {
  readonly #path: string;
  #offset = 0;

  /** @param path of the file, which need not exist yet */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The events that were added since the last call, a part at a time.
   *
   * @param after events up to this id are passed over
   */
  async *read(after: number): AsyncGenerator<RunEvent> {
    let file: Deno.FsFile;
    try {
      file = await Deno.open(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw error;
    }
    try {
      if ((await file.stat()).size === this.#offset) return;
      await file.seek(this.#offset, Deno.SeekMode.Start);
      let rest = new Uint8Array(0);
      const part = new Uint8Array(2 ** 16);
      for (let read = await file.read(part); read !== null; read = await file.read(part)) {
        const bytes = new Uint8Array(rest.length + read);
        bytes.set(rest);
        bytes.set(part.subarray(0, read), rest.length);
        const end = bytes.lastIndexOf(NEWLINE) + 1;
        rest = bytes.slice(end);
        for (const line of new TextDecoder().decode(bytes.subarray(0, end)).split("\n")) {
          if (line === "") continue;
          const event = JSON.parse(line) as RunEvent;
          if (event.id > after) yield event;
        }
        this.#offset += end;
      }
    } finally {
      file.close();
    }
  }
}
