/** Server-sent events (WHATWG HTML, section 9.2) over a stream that never grows while its reader does not read. */

/** Milliseconds between comments that keep proxies from closing a silent connection. */
const HEARTBEAT = 15_000;

/** Events that may wait for the reader before it counts as behind. */
const QUEUE = 2;

/** Events beyond the queue that are kept for a reader that is behind, when they may not be lost. */
const RESERVE = 32;

/** Heartbeats that a reader may miss before it is taken for dead. */
const MISSED_HEARTBEATS = 4;

const encoder = new TextEncoder();

const open = new Set<EventStream>();

/** What an {@linkcode EventStream} may be told. */
export interface EventStreamOptions {
  /** Called whenever the reader has room again. */
  readonly onReady?: () => void;
  /** Called once, when the stream has ended: by the reader, by {@linkcode EventStream.close}, or taken for dead. */
  readonly onClose?: () => void;
  /** Milliseconds between heartbeats; 15,000 by default. */
  readonly heartbeat?: number;
}

/**
 * One answer of `text/event-stream`.
 *
 * The queue is two events long. While it is full, {@linkcode send} refuses: the caller drops the event, or waits for
 * {@linkcode room}. A disconnect is learned from the stream's `cancel()`, since a request's signal is not reliable for
 * that under Deno.
 */
export class EventStream {
  /** The body of the answer. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #options: EventStreamOptions;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #missed = 0;
  #lastId = 0;
  #waiting: (() => void)[] = [];
  #closed = false;

  /** Opens the stream; it ends when its reader leaves or by {@linkcode close}. */
  constructor(options: EventStreamOptions = {}) {
    this.#options = options;
    this.body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#wake(),
      cancel: () => this.#end(),
    }, { highWaterMark: QUEUE });
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeat ?? HEARTBEAT);
    open.add(this);
  }

  /** Whether the stream has ended. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether the reader has room for an event. */
  get ready(): boolean {
    return !this.#closed && this.#controller.desiredSize! > 0;
  }

  /** Whether the reader has taken all that was sent. */
  get drained(): boolean {
    return !this.#closed && this.#controller.desiredSize! >= QUEUE;
  }

  /**
   * Sends an event with an id that counts up from 1.
   *
   * @param event its name, one word
   * @param data is sent as JSON
   * @param options `keep`: take it even if the reader is behind, for what must not be lost; bounded too
   * @returns false when the reader is behind or gone: the event was dropped
   */
  send(event: string, data: unknown, options: { keep?: boolean } = {}): boolean {
    if (this.#closed) return false;
    if (this.#controller.desiredSize! <= (options.keep ? -RESERVE : 0)) return false;
    this.#write(`id: ${++this.#lastId}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
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

  /** Ends the stream at once: what the reader has not taken is lost, and it sees a connection that broke. Idempotent. */
  abort(): void {
    if (this.#closed) return;
    this.#controller.error(new Error("The event stream was ended by the server"));
    this.#end();
  }

  /** The answer that carries the stream. */
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
    } else if (++this.#missed >= MISSED_HEARTBEATS) {
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
    open.delete(this);
    clearInterval(this.#heartbeat);
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#options.onClose?.();
  }
}

/** Ends every event stream of this process, so that a server can close: those that were read to here in order. */
export function endEventStreams(): void {
  for (const stream of [...open]) {
    if (stream.drained) stream.close();
    else stream.abort();
  }
}
