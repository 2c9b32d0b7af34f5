/** Server-sent events (WHATWG HTML, section 9.2) over a stream that doesn't grow while its reader doesn't read. */

/** Comments at this interval keep proxies from closing a silent connection. */
const HEARTBEAT_MS = 15_000;

/** Events that may wait for the reader before it counts as behind. */
const QUEUE = 2;

/** Further events that are kept for a reader that is behind where they must not be lost. */
const RESERVE = 32;

/** Heartbeats that a reader may miss before its connection is given up. */
const MAX_MISSED_HEARTBEATS = 4;

const encoder = new TextEncoder();
const openStreams = new Set<EventStream>();

/** Options of {@linkcode EventStream}. */
export interface EventStreamOptions {
  /** Called whenever the reader has room again. */
  readonly onReady?: () => void;
  /** Called once, however the stream ended. */
  readonly onClose?: () => void;
  /** Milliseconds between heartbeats; 15,000 by default. */
  readonly heartbeat?: number;
}

/**
 * One response of `text/event-stream`.
 *
 * While the queue of two events is full, {@linkcode send} refuses: the caller drops the event, or waits for
 * {@linkcode room}. A disconnect shows in the stream's `cancel()`; a request's signal is not reliable under Deno.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #options: EventStreamOptions;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #missed = 0;
  #lastId = 0;
  #waiting: (() => void)[] = [];
  #closed = false;

  constructor(options: EventStreamOptions = {}) {
    this.#options = options;
    this.body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#wake(),
      cancel: () => this.#end(),
    }, { highWaterMark: QUEUE });
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeat ?? HEARTBEAT_MS);
    openStreams.add(this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether the reader has room for an event. */
  get ready(): boolean {
    return this.hasRoom(1);
  }

  /** Whether an event may be queued for one of `readers` that share the stream, each with an event of its own. */
  hasRoom(readers: number): boolean {
    return !this.#closed && this.#controller.desiredSize! > 1 - readers;
  }

  /** Whether the reader has taken all that was sent. */
  get drained(): boolean {
    return !this.#closed && this.#controller.desiredSize! >= QUEUE;
  }

  /**
   * Sends an event.
   *
   * @param event its name, one word
   * @param data is sent as JSON
   * @param options `keep`: queue it even if the reader is behind, up to a limit; `readers` as {@linkcode hasRoom} takes it;
   * `id`: counts up from 1 by default
   * @returns false when the reader is behind or gone: the event was dropped
   */
  send(
    event: string,
    data: unknown,
    options: { keep?: boolean; readers?: number; id?: number | "none" } = {},
  ): boolean {
    if (!this.hasRoom(options.keep ? 1 + RESERVE : options.readers ?? 1)) return false;
    const id = options.id ?? ++this.#lastId;
    this.#write(`${id === "none" ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    return true;
  }

  /** Resolves when the reader has room, or has left: then {@linkcode closed} is true. */
  async room(): Promise<void> {
    if (this.#closed || this.ready) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the stream after what was sent. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#controller.close();
    this.#end();
  }

  /** Breaks the connection: what the reader has not taken is lost. Idempotent. */
  abort(): void {
    if (this.#closed) return;
    this.#controller.error(new Error("The event stream was ended by the server"));
    this.#end();
  }

  response(): Response {
    return new Response(this.body, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" },
    });
  }

  #write(text: string): void {
    this.#controller.enqueue(encoder.encode(text));
  }

  #beat(): void {
    if (this.ready) {
      this.#missed = 0;
      this.#write(":\n\n");
    } else if (++this.#missed >= MAX_MISSED_HEARTBEATS) {
      this.abort();
    }
  }

  #wake(): void {
    this.#missed = 0;
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#options.onReady?.();
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    openStreams.delete(this);
    clearInterval(this.#heartbeat);
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#options.onClose?.();
  }
}

/** Ends every event stream of this process so that the server can close: in order where the reader has taken all. */
export function endEventStreams(): void {
  for (const stream of [...openStreams]) {
    if (stream.drained) stream.close();
    else stream.abort();
  }
}
