/**
 * Sends moves and receives their frames over one EventSource.
 *
 * One move is in flight and one, the newest, waits, so that a fast slider cannot ask for more than the server can
 * decode. A stream that breaks is reopened, and the newest move that has no frame yet is sent again.
 */
import type { FrameEvent, HelloEvent, MoveRequest, ProblemEvent } from "../protocol.ts";
import type { Connection, FrameHandlers, FrameSource } from "./backend.ts";
import { problemText } from "./requests.ts";

/** What the client needs of the browser; tests replace it. */
export interface FrameEnvironment {
  readonly openStream: (url: string) => EventSource;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly now: () => number;
  /** Milliseconds before each further attempt to connect; the last one repeats. */
  readonly retryAfter: readonly number[];
}

const BROWSER: FrameEnvironment = {
  openStream: (url) => new EventSource(url),
  fetch: (url, init) => fetch(url, init),
  now: () => performance.now(),
  retryAfter: [200, 500, 1000, 2000, 4000],
};

/** A frame this many moves late is not timed. */
const TIMED_MOVES = 256;

/** The frames of one board. */
export class FrameClient implements FrameSource {
  readonly #movedAt = new Float64Array(TIMED_MOVES);
  #source: EventSource | undefined;
  #streamId: string | undefined;
  #connection: Connection = "paused";
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #seq = 0;
  #shownSeq = 0;
  #newest: MoveRequest | undefined;
  #waiting: MoveRequest | undefined;
  /** The seq of the move that has neither a response nor a frame yet, 0 for none. */
  #inFlight = 0;
  #superseded = 0;
  #droppedByServer = 0;
  #droppedBefore = 0;

  constructor(
    private readonly model: string,
    private readonly handlers: FrameHandlers,
    private readonly environment: FrameEnvironment = BROWSER,
  ) {}

  /** Moves dropped because a newer one came, here or on the server. */
  get dropped(): number {
    return this.#superseded + this.#droppedBefore + this.#droppedByServer;
  }

  /** Opens the stream, at first and after {@linkcode pause}. */
  resume(): void {
    if (this.#connection !== "paused") return;
    this.#setConnection("connecting");
    this.#connect();
  }

  /** Closes the stream. Of moves made meanwhile the newest is sent on resuming. */
  pause(): void {
    this.#disconnect();
    this.#setConnection("paused");
  }

  /** Requests the picture at z; `onFrame` gets it unless a newer move comes first. Returns the move's seq. */
  move(z: readonly number[]): number {
    const seq = ++this.#seq;
    this.#movedAt[seq % TIMED_MOVES] = this.environment.now();
    if (this.#waiting !== undefined) this.#superseded++;
    this.#newest = this.#waiting = { seq, model: this.model, z };
    this.#sendWaiting();
    return seq;
  }

  #connect(): void {
    const source = this.environment.openStream("/api/stream");
    this.#source = source;
    source.addEventListener("hello", (event) => {
      const hello = JSON.parse((event as MessageEvent<string>).data) as HelloEvent;
      this.#streamId = hello.streamId;
      this.#failures = 0;
      this.#droppedBefore += this.#droppedByServer; // a new stream counts from zero
      this.#droppedByServer = 0;
      this.#setConnection("open");
      if (this.#newest !== undefined && this.#newest.seq > this.#shownSeq) this.#waiting = this.#newest;
      this.#sendWaiting();
    });
    source.addEventListener("frame", (event) => {
      this.#receive(JSON.parse((event as MessageEvent<string>).data) as FrameEvent);
    });
    source.addEventListener("problem", (event) => {
      const problem = JSON.parse((event as MessageEvent<string>).data) as ProblemEvent;
      this.#shownSeq = Math.max(this.#shownSeq, problem.seq); // not to be sent again
      this.handlers.onProblem(problem.detail);
    });
    // The browser would reconnect only after seconds, and the stream id would be unknown to the server.
    source.addEventListener("error", () => {
      if (source === this.#source) this.#reconnect();
    });
  }

  #receive(frame: FrameEvent): void {
    if (frame.seq <= this.#shownSeq) return;
    this.#shownSeq = frame.seq;
    this.#droppedByServer = frame.dropped;
    this.#acknowledge(frame.seq);
    const timed = this.#seq - frame.seq < TIMED_MOVES;
    this.handlers.onFrame(frame, timed ? this.#movedAt[frame.seq % TIMED_MOVES]! : NaN);
  }

  #sendWaiting(): void {
    const move = this.#waiting;
    if (move === undefined || this.#inFlight !== 0 || this.#streamId === undefined) return;
    this.#waiting = undefined;
    this.#inFlight = move.seq;
    this.#post(this.#streamId, move).finally(() => this.#acknowledge(move.seq));
  }

  /** A move is done when its response or its frame arrives, whichever is first. */
  #acknowledge(seq: number): void {
    if (this.#inFlight === 0 || this.#inFlight > seq) return;
    this.#inFlight = 0;
    this.#sendWaiting();
  }

  async #post(streamId: string, move: MoveRequest): Promise<void> {
    let response: Response;
    try {
      response = await this.environment.fetch(`/api/streams/${streamId}/move`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(move),
      });
    } catch {
      if (streamId === this.#streamId) this.#reconnect();
      return;
    }
    if (response.ok) {
      await response.body?.cancel();
    } else if (response.status === 410) { // the stream has ended
      await response.body?.cancel();
      if (streamId === this.#streamId) this.#reconnect();
    } else {
      this.#shownSeq = Math.max(this.#shownSeq, move.seq);
      this.handlers.onProblem(await problemText(response));
    }
  }

  #reconnect(): void {
    this.#disconnect();
    this.#setConnection("disconnected");
    const { retryAfter } = this.environment;
    const wait = retryAfter[Math.min(this.#failures, retryAfter.length - 1)] ?? 1000;
    this.#failures++;
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  #disconnect(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
    this.#streamId = undefined;
  }

  #setConnection(connection: Connection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    this.handlers.onConnection(connection);
  }
}
