/** The browsers' event streams: each has an id, takes moves of the windows that share it, and sends their frames. */
import { LatentboardError } from "../errors.ts";
import { type DecodedBatch, type Move, MoveBatcher, type MoveCounts, type MoveFrame } from "../inference/mod.ts";
import {
  type FrameEvent,
  type HelloEvent,
  MAX_STREAMS,
  MAX_WINDOWS,
  type MoveRequest,
  type ProblemEvent,
  PROTOCOL_VERSION,
} from "../protocol.ts";
import { pixelImage } from "./pictures.ts";
import { toProblem } from "./problem.ts";
import { EventStream } from "./sse.ts";

/** Options of {@linkcode StreamHub}. */
export interface StreamHubOptions {
  /** Decodes `count` latents, `[count, latentDim]`, of one model. */
  readonly decode: (model: string, z: Float32Array, count: number) => Promise<DecodedBatch>;
  /** {@linkcode MAX_STREAMS} by default. */
  readonly maxStreams?: number;
  /** Milliseconds after which a stream is ended so that its tab opens a new one; an hour by default. */
  readonly lifetime?: number;
}

interface OpenStream {
  readonly events: EventStream;
  readonly timer: ReturnType<typeof setTimeout>;
  /** What the batcher calls each window of the stream, by the window's name; "" for moves without one. */
  readonly windows: Map<string, string>;
}

/** Holds the open streams. One that has ended is forgotten: a move to it is refused as `gone`. */
export class StreamHub {
  readonly #options: StreamHubOptions;
  readonly #streams = new Map<string, OpenStream>();
  readonly #batcher: MoveBatcher;

  /** Opens no stream yet; {@linkcode dispose} ends those that were opened. */
  constructor(options: StreamHubOptions) {
    this.#options = options;
    this.#batcher = new MoveBatcher({
      decode: options.decode,
      deliver: (frame) => this.#deliver(frame),
      fail: (move, error) => this.#fail(move, error),
    });
  }

  /** Moves since the start, and those that wait. */
  get counts(): MoveCounts {
    return this.#batcher.counts;
  }

  /** How many streams are open. */
  get size(): number {
    return this.#streams.size;
  }

  /**
   * Opens a stream and sends its `hello`.
   *
   * @throws {LatentboardError} `unavailable` when too many are open
   */
  open(): Response {
    const { maxStreams = MAX_STREAMS, lifetime = 3_600_000 } = this.#options;
    if (this.#streams.size >= maxStreams) {
      throw new LatentboardError("unavailable", "Too many boards are open: close one, or try again later");
    }
    const streamId = crypto.getRandomValues(new Uint8Array(16)).toHex();
    const windows = new Map<string, string>();
    const events = new EventStream({
      onReady: () => windows.forEach((key) => this.#batcher.resume(key)),
      onClose: () => this.#forget(streamId),
    });
    this.#streams.set(streamId, { events, timer: setTimeout(() => events.close(), lifetime), windows });
    events.send("hello", { version: PROTOCOL_VERSION, streamId } satisfies HelloEvent);
    return events.response();
  }

  /**
   * Takes a move; its frame comes down the stream unless a newer move of its window overtakes it.
   *
   * @param request `z` was checked against the model
   * @param receivedAt when it arrived, in `performance.now()` milliseconds
   * @throws {LatentboardError} `gone` when the stream is not open
   */
  move(streamId: string, request: MoveRequest, receivedAt: number): void {
    this.check(streamId);
    const { seq, model, window = "" } = request;
    const { windows } = this.#streams.get(streamId)!;
    const stream = `${streamId}/${window}`;
    if (!windows.has(window) && windows.size >= MAX_WINDOWS) this.#forgetWindow(windows, windows.keys().next().value!);
    windows.set(window, stream);
    this.#batcher.submit({ stream, seq, model, z: Float32Array.from(request.z), receivedAt });
  }

  /** @throws {LatentboardError} `gone` when the stream is not open */
  check(streamId: string): void {
    if (this.#streams.has(streamId)) return;
    throw new LatentboardError("gone", "This stream has ended: open /api/stream again and resend the move", {
      field: "id",
    });
  }

  /** Ends all streams and waits for what is being decoded. Idempotent. */
  async dispose(): Promise<void> {
    for (const { events } of [...this.#streams.values()]) events.close();
    await this.#batcher.dispose();
  }

  #deliver({ move, batch, pixels, dropped }: MoveFrame): boolean {
    const [streamId, window] = move.stream.split("/") as [string, string];
    const { events, windows } = this.#streams.get(streamId) ?? {};
    if (events === undefined || windows === undefined || !events.hasRoom(windows.size)) return false;
    const { seq, model, receivedAt } = move;
    const frame: FrameEvent = {
      ...(window === "" ? {} : { window }), // first, where a shared stream looks for it
      seq,
      model,
      provider: batch.provider,
      serverMs: millisecondsSince(receivedAt),
      dropped,
      ...pixelImage(batch, pixels),
    };
    return events.send("frame", frame, { readers: windows.size });
  }

  #fail({ stream, seq }: Move, error: unknown): void {
    const [streamId, window] = stream.split("/") as [string, string];
    const problem = { ...(window === "" ? {} : { window }), ...problemEvent(seq, error) };
    this.#streams.get(streamId)?.events.send("problem", problem, { keep: true });
  }

  #forget(streamId: string): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    clearTimeout(stream.timer);
    this.#streams.delete(streamId);
    for (const window of [...stream.windows.keys()]) this.#forgetWindow(stream.windows, window);
  }

  #forgetWindow(windows: Map<string, string>, window: string): void {
    this.#batcher.close(windows.get(window)!);
    windows.delete(window);
  }
}

/** An error as an event for the frame that it stands in for. */
export function problemEvent(seq: number, error: unknown): ProblemEvent {
  const { title, detail } = toProblem(error);
  return { seq, title, detail };
}

/** To microseconds. */
export function millisecondsSince(start: number): number {
  return Math.round((performance.now() - start) * 1000) / 1000;
}
