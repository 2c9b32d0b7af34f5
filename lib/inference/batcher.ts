/** Turns slider moves into frames: the newest value wins, moves that wait together are decoded together. */
import { LatentboardError } from "../errors.ts";
import type { Channel } from "../protocol.ts";
import { type DecodedBatch, pictureOf } from "./batch.ts";

export type { Channel };

/** A latent that a stream wants to see decoded. */
export interface Move {
  /** Whose move it is; opaque here. */
  readonly stream: string;
  /** The part of the page it is for; a stream has one newest move a channel. */
  readonly channel: Channel;
  /** Grows with every move of a channel. */
  readonly seq: number;
  /** The model's name. */
  readonly model: string;
  /** `[latentDim]`. */
  readonly z: Float32Array;
  /** When it arrived, in `performance.now()` milliseconds. */
  readonly receivedAt: number;
}

/** A move's picture. */
export interface MoveFrame {
  /** The move that it answers. */
  readonly move: Move;
  /** The batch that it was decoded in. */
  readonly batch: DecodedBatch;
  /** Its place in the batch. */
  readonly index: number;
  /** This picture alone, `[height, width, channels]`: a view of the batch. */
  readonly pixels: Uint8Array;
  /** The stream's moves that were dropped as stale so far. */
  readonly dropped: number;
}

/** What a {@linkcode MoveBatcher} is given. */
export interface MoveBatcherOptions {
  /** Decodes `count` latents, `[count, latentDim]`, of one model. */
  readonly decode: (model: string, z: Float32Array, count: number) => Promise<DecodedBatch>;
  /**
   * Sends a frame down its stream. False says that the stream's reader is behind and that the frame was not taken:
   * nothing more is decoded for that stream until {@linkcode MoveBatcher.resume}, and then its newest moves.
   */
  readonly deliver: (frame: MoveFrame) => boolean;
  /** Is told when a move could not be decoded. Must not throw, nor must `deliver`. */
  readonly fail: (move: Move, error: unknown) => void;
  /** The most latents decoded at once; 16 by default. */
  readonly maxBatch?: number;
}

/** Sliders are served before strips, strips before runs. */
const PRIORITY: Readonly<Record<Channel, number>> = { board: 0, strip: 1, run: 2 };

interface StreamState {
  /** The newest move of each channel that has not been decoded. */
  readonly waiting: Map<Channel, Move>;
  readonly newestSeq: Map<Channel, number>;
  dropped: number;
  paused: boolean;
}

/**
 * Decodes moves one batch at a time. A move is started at once when nothing runs. While a batch runs, further moves
 * wait, a newer one of the same stream and channel replacing an older; then all that wait for one model go together,
 * sliders first. A move whose place was taken is never decoded, and is counted.
 */
export class MoveBatcher {
  readonly #options: MoveBatcherOptions;
  readonly #streams = new Map<string, StreamState>();
  #running: Promise<void> | undefined;
  #disposed = false;

  /**
   * Starts nothing yet.
   *
   * @throws {RangeError} when `maxBatch` is not a whole number from 1
   */
  constructor(options: MoveBatcherOptions) {
    const { maxBatch = 16 } = options;
    if (!Number.isInteger(maxBatch) || maxBatch < 1) {
      throw new RangeError(`Cannot batch ${maxBatch} moves: maxBatch must be a whole number from 1`);
    }
    this.#options = { ...options, maxBatch };
  }

  /**
   * Takes a move. It may replace one that waits; one that comes after a newer one of its channel is dropped.
   *
   * @returns how many of this stream's moves were dropped as stale so far
   * @throws {LatentboardError} `unavailable` after {@linkcode dispose}
   */
  submit(move: Move): { dropped: number } {
    if (this.#disposed) throw new LatentboardError("unavailable", "The server is closing: try again later");
    const state = this.#stateOf(move.stream);
    if (move.seq <= (state.newestSeq.get(move.channel) ?? -Infinity)) {
      state.dropped++;
    } else {
      if (state.waiting.delete(move.channel)) state.dropped++;
      state.waiting.set(move.channel, move);
      state.newestSeq.set(move.channel, move.seq);
      this.#start();
    }
    return { dropped: state.dropped };
  }

  /** Says that a stream's reader has caught up: its waiting moves are decoded again. */
  resume(stream: string): void {
    const state = this.#streams.get(stream);
    if (state === undefined || !state.paused) return;
    state.paused = false;
    this.#start();
  }

  /** Forgets a stream that is gone; nothing is delivered to it any more. */
  close(stream: string): void {
    this.#streams.delete(stream);
  }

  /** Resolves when nothing is being decoded and nothing waits but for readers that are behind. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Forgets all streams and waits for the batch that runs; later moves are refused. Idempotent. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#streams.clear();
    await this.idle();
  }

  #stateOf(stream: string): StreamState {
    let state = this.#streams.get(stream);
    if (state === undefined) {
      state = { waiting: new Map(), newestSeq: new Map(), dropped: 0, paused: false };
      this.#streams.set(stream, state);
    }
    return state;
  }

  #start(): void {
    this.#running ??= this.#drain();
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // lets the other moves of this turn in
    for (let moves = this.#take(); moves.length > 0; moves = this.#take()) {
      const latentDim = moves[0]!.z.length;
      const z = new Float32Array(moves.length * latentDim);
      for (const [i, move] of moves.entries()) z.set(move.z, i * latentDim);
      try {
        const batch = await this.#options.decode(moves[0]!.model, z, moves.length);
        for (const [index, move] of moves.entries()) this.#hand(move, batch, index);
      } catch (error) {
        for (const move of moves) if (this.#streams.has(move.stream)) this.#options.fail(move, error);
      }
    }
    this.#running = undefined; // in the same turn as the last look, so that no move slips in between
  }

  /** Takes the next batch off the waiting moves: one model, the most urgent first, the longest waiting first. */
  #take(): Move[] {
    const waiting: Move[] = [];
    for (const state of this.#streams.values()) if (!state.paused) waiting.push(...state.waiting.values());
    waiting.sort((a, b) => PRIORITY[a.channel] - PRIORITY[b.channel] || a.receivedAt - b.receivedAt);
    const first = waiting[0];
    if (first === undefined) return [];
    const batch = waiting
      .filter((move) => move.model === first.model && move.z.length === first.z.length)
      .slice(0, this.#options.maxBatch);
    for (const move of batch) this.#streams.get(move.stream)!.waiting.delete(move.channel);
    return batch;
  }

  #hand(move: Move, batch: DecodedBatch, index: number): void {
    const state = this.#streams.get(move.stream);
    if (state === undefined) return; // closed meanwhile
    const frame = { move, batch, index, pixels: pictureOf(batch, index), dropped: state.dropped };
    if (!state.paused && this.#options.deliver(frame)) return;
    state.paused = true;
    if (state.waiting.has(move.channel)) state.dropped++;
    else state.waiting.set(move.channel, move);
  }
}
