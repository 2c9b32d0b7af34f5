/** Turns slider moves into frames: the newest value wins, moves that wait together are decoded together. */
import { LatentboardError } from "../errors.ts";
import { type DecodedBatch, pictureOf } from "./batch.ts";

/** A latent to decode for a stream. */
export interface Move {
  readonly stream: string;
  /** Grows with every move of a stream. */
  readonly seq: number;
  readonly model: string;
  /** `[latentDim]`. */
  readonly z: Float32Array;
  /** When it arrived, in `performance.now()` milliseconds. */
  readonly receivedAt: number;
}

/** A move's picture. */
export interface MoveFrame {
  readonly move: Move;
  readonly batch: DecodedBatch;
  /** This picture alone, `[height, width, channels]`: a view of the batch. */
  readonly pixels: Uint8Array;
  /** The stream's moves that were dropped as stale so far. */
  readonly dropped: number;
}

/** Options of {@linkcode MoveBatcher}. Neither `deliver` nor `fail` may throw. */
export interface MoveBatcherOptions {
  /** Decodes `count` latents, `[count, latentDim]`, of one model. */
  readonly decode: (model: string, z: Float32Array, count: number) => Promise<DecodedBatch>;
  /**
   * Sends a frame down its stream. False means that the stream's reader is behind and the frame was not taken: nothing
   * more is decoded for that stream until {@linkcode MoveBatcher.resume}, and then its newest move.
   */
  readonly deliver: (frame: MoveFrame) => boolean;
  readonly fail: (move: Move, error: unknown) => void;
  /** The most latents decoded at once; 16 by default. */
  readonly maxBatch?: number;
}

/** What {@linkcode MoveBatcher} counts. */
export interface MoveCounts {
  readonly moves: number;
  readonly dropped: number;
  readonly waiting: number;
}

interface StreamState {
  /** The newest move that has not been decoded. */
  waiting: Move | undefined;
  newestSeq: number;
  dropped: number;
  paused: boolean;
}

/**
 * Decodes moves one batch at a time. A move is started at once when nothing runs. While a batch runs, further moves
 * wait, a newer one of the same stream replacing an older; then all that wait for one model go together. A move that was
 * replaced is never decoded, and is counted.
 */
export class MoveBatcher {
  readonly #options: MoveBatcherOptions;
  readonly #maxBatch: number;
  readonly #streams = new Map<string, StreamState>();
  #running: Promise<void> | undefined;
  #moves = 0;
  #dropped = 0;
  #disposed = false;

  /** @throws {RangeError} when `maxBatch` is not a whole number from 1 */
  constructor(options: MoveBatcherOptions) {
    const { maxBatch = 16 } = options;
    if (!Number.isInteger(maxBatch) || maxBatch < 1) {
      throw new RangeError(`Cannot batch ${maxBatch} moves: maxBatch must be a whole number from 1`);
    }
    this.#options = options;
    this.#maxBatch = maxBatch;
  }

  /**
   * Takes a move. It replaces one that waits; one that comes after a newer one is dropped.
   *
   * @returns how many of this stream's moves were dropped as stale so far
   * @throws {LatentboardError} `unavailable` after {@linkcode dispose}
   */
  submit(move: Move): { dropped: number } {
    if (this.#disposed) throw new LatentboardError("unavailable", "The server is closing: try again later");
    this.#moves++;
    const unknown: StreamState = { waiting: undefined, newestSeq: -Infinity, dropped: 0, paused: false };
    const state = this.#streams.get(move.stream) ?? unknown;
    this.#streams.set(move.stream, state);
    if (move.seq <= state.newestSeq) {
      this.#drop(state);
    } else {
      if (state.waiting !== undefined) this.#drop(state);
      state.waiting = move;
      state.newestSeq = move.seq;
      this.#running ??= this.#drain();
    }
    return { dropped: state.dropped };
  }

  /** Moves since the start: taken, dropped as stale, and those that wait. */
  get counts(): MoveCounts {
    const waiting = [...this.#streams.values()].filter((state) => state.waiting !== undefined).length;
    return { moves: this.#moves, dropped: this.#dropped, waiting };
  }

  /** Decodes a stream's waiting move, now that its reader has caught up. */
  resume(stream: string): void {
    const state = this.#streams.get(stream);
    if (state === undefined || !state.paused) return;
    state.paused = false;
    this.#running ??= this.#drain();
  }

  /** Forgets a stream: nothing is delivered to it any more. */
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

  #drop(state: StreamState): void {
    state.dropped++;
    this.#dropped++;
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // so that the other moves of this microtask join
    for (let moves = this.#take(); moves.length > 0; moves = this.#take()) {
      const latentDim = moves[0]!.z.length;
      const z = new Float32Array(moves.length * latentDim);
      for (const [i, move] of moves.entries()) z.set(move.z, i * latentDim);
      try {
        const batch = await this.#options.decode(moves[0]!.model, z, moves.length);
        for (const [index, move] of moves.entries()) this.#deliver(move, batch, index);
      } catch (error) {
        for (const move of moves) if (this.#streams.has(move.stream)) this.#options.fail(move, error);
      }
    }
    this.#running = undefined; // in the same turn as the last take, so that no move slips in between
  }

  /** Takes the next batch off the waiting moves: those of one model, the longest waiting first. */
  #take(): Move[] {
    const states = [...this.#streams.values()].filter(({ paused }) => !paused);
    const waiting = states.flatMap(({ waiting }) => waiting ?? []).sort((a, b) => a.receivedAt - b.receivedAt);
    const first = waiting[0];
    if (first === undefined) return [];
    const batch = waiting
      .filter((move) => move.model === first.model && move.z.length === first.z.length)
      .slice(0, this.#maxBatch);
    for (const move of batch) this.#streams.get(move.stream)!.waiting = undefined;
    return batch;
  }

  #deliver(move: Move, batch: DecodedBatch, index: number): void {
    const state = this.#streams.get(move.stream);
    if (state === undefined) return; // closed meanwhile
    const frame = { move, batch, pixels: pictureOf(batch, index), dropped: state.dropped };
    if (!state.paused && this.#options.deliver(frame)) return;
    state.paused = true;
    if (state.waiting !== undefined) this.#drop(state);
    else state.waiting = move;
  }
}
