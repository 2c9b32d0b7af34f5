/** The tabs' event streams: each has an id, takes moves and sends their frames. */
import { Buffer } from "node:buffer";
import { LatentboardError } from "../errors.ts";
import { type DecodedBatch, type Move, MoveBatcher, type MoveFrame } from "../inference/mod.ts";
import {
  type FrameEvent,
  type HelloEvent,
  MAX_STREAMS,
  type MoveAccepted,
  type MoveRequest,
  type PixelImage,
  type ProblemEvent,
  PROTOCOL_VERSION,
} from "../protocol.ts";
import { toProblem } from "./problem.ts";
import { EventStream } from "./sse.ts";

/** What a {@linkcode StreamHub} is given. */
export interface StreamHubOptions {
  /** Decodes `count` latents, `[count, latentDim]`, of one model. */
  readonly decode: (model: string, z: Float32Array, count: number) => Promise<DecodedBatch>;
  /** The most streams at once; {@linkcode MAX_STREAMS} by default. */
  readonly maxStreams?: number;
  /** Milliseconds after which a stream is ended, so that its tab opens a new one; an hour by default. */
  readonly lifetime?: number;
  /** Milliseconds between heartbeats; 15,000 by default. */
  readonly heartbeat?: number;
}

interface OpenStream {
  readonly events: EventStream;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Holds the open streams. A stream that has ended is forgotten at once: a move to it is answered by `gone`. */
export class StreamHub {
  readonly #options: StreamHubOptions;
  readonly #streams = new Map<string, OpenStream>();
  readonly #batcher: MoveBatcher;

  /** Makes an empty hub; {@linkcode dispose} ends its streams. */
  constructor(options: StreamHubOptions) {
    this.#options = options;
    this.#batcher = new MoveBatcher({
      decode: options.decode,
      deliver: (frame) => this.#deliver(frame),
      fail: (move, error) => this.#fail(move, error),
    });
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
    const { maxStreams = MAX_STREAMS, lifetime = 3_600_000, heartbeat } = this.#options;
    if (this.#streams.size >= maxStreams) {
      throw new LatentboardError("unavailable", "Too many boards are open: close one, or try again later");
    }
    const streamId = randomId();
    const events = new EventStream({
      onReady: () => this.#batcher.resume(streamId),
      onClose: () => this.#forget(streamId),
      ...(heartbeat === undefined ? {} : { heartbeat }),
    });
    this.#streams.set(streamId, { events, timer: setTimeout(() => events.close(), lifetime) });
    events.send("hello", { version: PROTOCOL_VERSION, streamId } satisfies HelloEvent);
    return events.response();
  }

  /**
   * Takes a move of an open stream; its frame comes down the stream, unless a newer move overtakes it.
   *
   * @param request already checked, `z` against the model
   * @param receivedAt when it came, in `performance.now()` milliseconds
   * @throws {LatentboardError} `gone` when there is no such stream (any more)
   */
  move(streamId: string, request: MoveRequest, receivedAt: number): MoveAccepted {
    this.check(streamId);
    const { seq, model, channel = "board" } = request;
    const z = Float32Array.from(request.z);
    const { dropped } = this.#batcher.submit({ stream: streamId, channel, seq, model, z, receivedAt });
    return { seq, dropped };
  }

  /**
   * Checks that a stream is open.
   *
   * @throws {LatentboardError} `gone` when it is not
   */
  check(streamId: string): void {
    if (this.#streams.has(streamId)) return;
    throw new LatentboardError("gone", "This stream has ended: open /api/stream anew and send the move again", {
      field: "id",
    });
  }

  /** Ends all streams and waits for what is being decoded. Idempotent. */
  async dispose(): Promise<void> {
    for (const { events } of [...this.#streams.values()]) events.close();
    await this.#batcher.dispose();
  }

  #deliver({ move, batch, pixels, dropped }: MoveFrame): boolean {
    const stream = this.#streams.get(move.stream);
    if (stream === undefined || !stream.events.ready) return false;
    const frame: FrameEvent = {
      channel: move.channel,
      seq: move.seq,
      model: move.model,
      provider: batch.provider,
      serverMs: Math.round((performance.now() - move.receivedAt) * 1000) / 1000,
      dropped,
      ...pixelImage(batch, pixels),
    };
    return stream.events.send("frame", frame);
  }

  #fail(move: Move, error: unknown): void {
    const { title, detail } = toProblem(error);
    const problem: ProblemEvent = { channel: move.channel, seq: move.seq, title, detail };
    this.#streams.get(move.stream)?.events.send("problem", problem, { keep: true });
  }

  #forget(streamId: string): void {
    clearTimeout(this.#streams.get(streamId)?.timer);
    this.#streams.delete(streamId);
    this.#batcher.close(streamId);
  }
}

/**
 * A picture as it is sent in JSON.
 *
 * @param size its measures
 * @param pixels `[height, width, channels]`
 */
export function pixelImage(size: Omit<PixelImage, "data">, pixels: Uint8Array): PixelImage {
  const { width, height, channels } = size;
  const data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength).toString("base64");
  return { width, height, channels, data };
}

function randomId(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}
