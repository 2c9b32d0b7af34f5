/**
 * Follows a run's events over one EventSource: each event once, in order, whatever happens to the connection.
 *
 * Every connection asks for what comes after the last event that was taken, so that a lost one heals without a gap.
 */
import { RUN_EVENT_TYPES, type RunEvent, type RunSummary } from "../../protocol_runs.ts";
import type { Connection } from "../backend.ts";

/** What the client needs of the browser; tests replace it. */
export interface RunEventEnvironment {
  readonly openStream: (url: string) => EventSource;
  /** Milliseconds before each further attempt to connect; the last one repeats. */
  readonly retryAfter: readonly number[];
}

const BROWSER: RunEventEnvironment = {
  openStream: (url) => new EventSource(url),
  retryAfter: [200, 500, 1000, 2000, 4000],
};

/** Callbacks of a {@linkcode RunEventClient}. */
export interface RunEventHandlers {
  readonly onEvent: (event: RunEvent) => void;
  /** How the run stands, at first and whenever that changes. */
  readonly onRun: (run: RunSummary) => void;
  readonly onConnection: (connection: Connection) => void;
}

/** The events of one run. */
export class RunEventClient {
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #last: number;

  /** @param after events up to this id are not wanted */
  constructor(
    private readonly run: string,
    private readonly handlers: RunEventHandlers,
    options: { readonly after?: number; readonly types?: readonly RunEvent["type"][] } = {},
    private readonly environment: RunEventEnvironment = BROWSER,
  ) {
    this.#last = options.after ?? 0;
    this.#types = options.types ?? RUN_EVENT_TYPES;
  }

  readonly #types: readonly RunEvent["type"][];

  /** Connects, at first and after {@linkcode close}. */
  open(): void {
    if (this.#source !== undefined) return;
    clearTimeout(this.#retry);
    this.handlers.onConnection("connecting");
    const query = new URLSearchParams({ after: String(this.#last) });
    if (this.#types !== RUN_EVENT_TYPES) query.set("types", this.#types.join(","));
    const source = this.environment.openStream(`/api/runs/${this.run}/events?${query}`);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#failures = 0;
      this.handlers.onConnection("open");
    });
    source.addEventListener("run", (event) => {
      this.handlers.onRun(JSON.parse((event as MessageEvent<string>).data) as RunSummary);
    });
    for (const type of this.#types) {
      source.addEventListener(type, (event) => {
        this.#take(JSON.parse((event as MessageEvent<string>).data) as RunEvent);
      });
    }
    // The browser gives up on a response that is no stream, such as a proxy's error while the server restarts.
    source.addEventListener("error", () => {
      if (source === this.#source) this.#reconnect();
    });
  }

  /** Disconnects; {@linkcode open} goes on where this left off. */
  close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
    this.handlers.onConnection("paused");
  }

  #take(event: RunEvent): void {
    if (event.id <= this.#last) return;
    this.#last = event.id;
    this.handlers.onEvent(event);
  }

  #reconnect(): void {
    this.#source?.close();
    this.#source = undefined;
    this.handlers.onConnection("disconnected");
    const { retryAfter } = this.environment;
    const wait = retryAfter[Math.min(this.#failures++, retryAfter.length - 1)] ?? 1000;
    this.#retry = setTimeout(() => this.open(), wait);
  }
}
