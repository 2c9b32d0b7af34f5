/**
 * The browser's end of the moving picture: moves go up, frames come down one EventSource a tab.
 *
 * One move is in flight and one, the newest, waits: however fast a slider moves, the server is never asked for more
 * than it can answer. A stream that breaks is opened anew, and the newest move that has no frame yet is sent again.
 */
import type { FrameEvent, HelloEvent, MoveRequest, ProblemEvent } from "../protocol.ts";
import { problemText } from "./requests.ts";

/** How the tab stands with the server. `paused` is a hidden tab, which holds no connection. */
export type Connection = "connecting" | "open" | "away" | "paused";

/** What {@linkcode FrameClient} tells its owner. */
export interface FrameHandlers {
  /** A frame newer than every one before it. `movedAt` is when its move was made, on the clock of `performance.now()`. */
  onFrame(frame: FrameEvent, movedAt: number): void;
  /** A move was refused: a sentence for the person. */
  onProblem(detail: string): void;
  onConnection(connection: Connection): void;
}

/** The parts of the browser that the client stands on; tests bring their own. */
export interface FrameEnvironment {
  readonly openStream: (url: string) => EventSource;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly now: () => number;
  /** Milliseconds to wait before each further attempt to connect; the last one repeats. */
  readonly retryAfter: readonly number[];
}

const BROWSER: FrameEnvironment = {
  openStream: (url) => new EventSource(url),
  fetch: (url, init) => fetch(url, init),
  now: () => performance.now(),
  retryAfter: [200, 500, 1000, 2000, 4000],
};

/** Moves remembered for their latency; a frame this many moves late is not timed. */
const TIMED_MOVES = 256;

/** Sends the board's moves and receives its frames. */
export class FrameClient {
  readonly #model: string;
  readonly #handlers: FrameHandlers;
  readonly #environment: FrameEnvironment;
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
  /** The seq of the move that is neither answered nor shown yet, 0 for none. */
  #inFlight = 0;
  #superseded = 0;
  #droppedByServer = 0;
  #droppedBefore = 0;

  /**
   * @param model the model that every move is for
   * @param handlers told of frames, refusals and the connection
   * @param environment the browser, but for tests
   */
  constructor(model: string, handlers: FrameHandlers, environment: FrameEnvironment = BROWSER) {
    this.#model = model;
    this.#handlers = handlers;
    this.#environment = environment;
  }

  /** Moves passed over because a newer one came, here or on the server. */
  get dropped(): number {
    return this.#superseded + this.#droppedBefore + this.#droppedByServer;
  }

  /** Opens the stream; called again after {@linkcode pause}. */
  resume(): void {
    if (this.#connection !== "paused") return;
    this.#setConnection("connecting");
    this.#connect();
  }

  /** Closes the stream, as a hidden tab does. Moves made meanwhile are kept, the newest is sent on resuming. */
  pause(): void {
    this.#disconnect();
    this.#setConnection("paused");
  }

  /** Asks for the picture at z. Its frame comes to `onFrame`, unless a newer move overtakes it. */
  move(z: readonly number[]): void {
    const seq = ++this.#seq;
    this.#movedAt[seq % TIMED_MOVES] = this.#environment.now();
    if (this.#waiting !== undefined) this.#superseded++;
    this.#newest = this.#waiting = { seq, model: this.#model, z };
    this.#sendWaiting();
  }

  #connect(): void {
    const source = this.#environment.openStream("/api/stream");
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
      this.#shownSeq = Math.max(this.#shownSeq, problem.seq); // answered, so not to be sent again
      this.#handlers.onProblem(problem.detail);
    });
    // The browser's own reconnecting would wait seconds and keep a stream id that the server has forgotten.
    source.addEventListener("error", () => {
      if (source === this.#source) this.#reconnect();
    });
  }

  #receive(frame: FrameEvent): void {
    if (frame.channel !== "board" || frame.seq <= this.#shownSeq) return;
    this.#shownSeq = frame.seq;
    this.#droppedByServer = frame.dropped;
    this.#land(frame.seq);
    const timed = this.#seq - frame.seq < TIMED_MOVES;
    this.#handlers.onFrame(frame, timed ? this.#movedAt[frame.seq % TIMED_MOVES]! : NaN);
  }

  #sendWaiting(): void {
    const move = this.#waiting;
    if (move === undefined || this.#inFlight !== 0 || this.#streamId === undefined) return;
    this.#waiting = undefined;
    this.#inFlight = move.seq;
    this.#post(this.#streamId, move).finally(() => this.#land(move.seq));
  }

  /** A move has landed when it was answered, or when its frame was quicker than the answer. */
  #land(seq: number): void {
    if (this.#inFlight === 0 || this.#inFlight > seq) return;
    this.#inFlight = 0;
    this.#sendWaiting();
  }

  async #post(streamId: string, move: MoveRequest): Promise<void> {
    let response: Response;
    try {
      response = await this.#environment.fetch(`/api/streams/${streamId}/move`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(move),
      });
    } catch { // no answer at all: the server is away
      if (streamId === this.#streamId) this.#reconnect();
      return;
    }
    if (response.ok) {
      await response.body?.cancel();
    } else if (response.status === 410) { // the server has forgotten this stream
      await response.body?.cancel();
      if (streamId === this.#streamId) this.#reconnect();
    } else {
      this.#shownSeq = Math.max(this.#shownSeq, move.seq);
      this.#handlers.onProblem(await problemText(response));
    }
  }

  #reconnect(): void {
    this.#disconnect();
    this.#setConnection("away");
    const { retryAfter } = this.#environment;
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
    this.#handlers.onConnection(connection);
  }
}
