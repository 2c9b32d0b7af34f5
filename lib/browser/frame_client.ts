/**
 * Sends moves and receives their frames over an event stream that all windows of the browser share.
 *
 * Two to four moves are in flight, by the round-trip time, and one, the newest, waits, so that a fast slider cannot ask
 * for more than the server can decode. A stream that breaks is reopened, and the newest move that has no frame yet is
 * sent again.
 */
import type { FrameEvent, HelloEvent, MoveRequest, ProblemEvent } from "../protocol.ts";
import type { Connection, FrameHandlers, FrameSource } from "./backend.ts";
import { problemText } from "./requests.ts";
import { openSharedStream, type StreamEvents } from "./shared_stream.ts";

/** What the client needs of the browser; tests replace it. */
export interface FrameEnvironment {
  readonly openStream: (url: string, window: string) => StreamEvents;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly now: () => number;
  /** Milliseconds before each further attempt to connect; the last one repeats. */
  readonly retryAfter: readonly number[];
}

const BROWSER: FrameEnvironment = {
  openStream: openSharedStream,
  fetch: (url, init) => fetch(url, init),
  now: () => performance.now(),
  retryAfter: [200, 500, 1000, 2000, 4000],
};

/** Moves in flight at round-trip times below the second number, milliseconds; beyond the last one MAX_IN_FLIGHT. */
const IN_FLIGHT = [[2, 15], [3, 35]] as const;
const MAX_IN_FLIGHT = 4;
/** Of a new measurement in the mean round-trip time. */
const RTT_WEIGHT = 0.2;

/** A frame this many moves late is not timed. */
const TIMED_MOVES = 256;

/** The frames of one board. */
export class FrameClient implements FrameSource {
  readonly #movedAt = new Float64Array(TIMED_MOVES);
  /** Names this window among those that share the stream. */
  readonly #window = crypto.getRandomValues(new Uint8Array(8)).reduce((text, byte) => text + byte.toString(36), "w");
  #source: StreamEvents | undefined;
  #streamId: string | undefined;
  #connection: Connection = "paused";
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #seq = 0;
  #shownSeq = 0;
  #newest: MoveRequest | undefined;
  #waiting: MoveRequest | undefined;
  /** When each move that has neither a response nor a frame yet was sent, by seq. */
  readonly #inFlight = new Map<number, number>();
  #roundTrip = 0;
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
    this.#newest = this.#waiting = { seq, model: this.model, z, window: this.#window };
    this.#sendWaiting();
    return seq;
  }

  #connect(): void {
    const source = this.environment.openStream("/api/stream", this.#window);
    this.#source = source;
    source.addEventListener("hello", (event) => {
      const hello = JSON.parse((event as MessageEvent<string>).data) as HelloEvent;
      this.#streamId = hello.streamId;
      this.#failures = 0;
      this.#droppedBefore += this.#droppedByServer; // a new stream counts from zero
      this.#droppedByServer = 0;
      this.#setConnection("open");
      this.#inFlight.clear();
      if (this.#newest !== undefined && this.#newest.seq > this.#shownSeq) {
        this.#waiting = this.#newest;
        this.#movedAt[this.#newest.seq % TIMED_MOVES] = NaN; // an outage is no latency
      }
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
    if (move === undefined || this.#inFlight.size >= this.#limit() || this.#streamId === undefined) return;
    this.#waiting = undefined;
    const sentAt = this.environment.now();
    this.#inFlight.set(move.seq, sentAt);
    this.#post(this.#streamId, move).finally(() => {
      if (this.#inFlight.get(move.seq) === sentAt) this.#inFlight.delete(move.seq);
      this.#sendWaiting();
    });
  }

  #limit(): number {
    return IN_FLIGHT.find(([, below]) => this.#roundTrip < below)?.[0] ?? MAX_IN_FLIGHT;
  }

  /** A frame may be quicker than the response to its move; earlier moves get no frame any more. */
  #acknowledge(seq: number): void {
    for (const sent of this.#inFlight.keys()) if (sent <= seq) this.#inFlight.delete(sent);
    this.#sendWaiting();
  }

  async #post(streamId: string, move: MoveRequest): Promise<void> {
    const sentAt = this.environment.now();
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
      this.#roundTrip += RTT_WEIGHT * (this.environment.now() - sentAt - this.#roundTrip);
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
