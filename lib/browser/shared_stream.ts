/**
 * One event stream for all windows of a browser, which allows six connections per origin. The window that holds a lock
 * opens the stream and passes its events on; when it closes, the lock and with it the stream go to the next one.
 */

const LOCK = "latentboard-stream";
/** `hello` and errors, for every window; and questions of windows that have just come. */
const COMMON_CHANNEL = "latentboard-stream";

interface Passed {
  readonly event: string;
  readonly data: string;
}

/** A window asks for the `hello` that it missed. */
interface Join {
  readonly join: string;
}

/** Names the window of a frame or a problem; the server puts it first. */
const WINDOW = /^\{"window":"([\w-]+)"/;

/** What {@linkcode SharedStream} dispatches, as `EventSource` does: `hello`, `frame`, `problem` and `error`. */
export type StreamEvents = EventTarget & { close(): void };

/**
 * Opens the stream, shared where the browser has locks: pages on plain HTTP from another machine have none.
 *
 * @param window the name that this window's moves carry
 */
export function openSharedStream(url: string, window: string): StreamEvents {
  return navigator.locks === undefined ? new EventSource(url) : new SharedStream(url, window);
}

/** A window's share of the stream. */
class SharedStream extends EventTarget {
  readonly #waiting = new AbortController();
  readonly #common = new BroadcastChannel(COMMON_CHANNEL);
  readonly #mine: BroadcastChannel;
  /** Channels of the other windows, for the leader. */
  readonly #others = new Map<string, BroadcastChannel>();
  #source: EventSource | undefined;
  #releaseLock: (() => void) | undefined;
  #hello: string | undefined;

  constructor(url: string, private readonly window: string) {
    super();
    this.#mine = new BroadcastChannel(channelOf(window));
    this.#mine.onmessage = ({ data }: MessageEvent<Passed>) => this.#dispatch(data);
    this.#common.onmessage = ({ data }: MessageEvent<Passed | Join>) => {
      if (!("join" in data)) this.#dispatch(data);
      else if (this.#hello !== undefined) this.#pass(data.join, { event: "hello", data: this.#hello });
    };
    this.#common.postMessage({ join: window } satisfies Join);
    navigator.locks.request(LOCK, { signal: this.#waiting.signal }, () =>
      new Promise<void>((resolve) => {
        this.#releaseLock = resolve;
        this.#lead(url);
      })).catch(() => {}); // closed before the lock was granted
  }

  close(): void {
    this.#waiting.abort();
    this.#source?.close();
    this.#releaseLock?.();
    this.#mine.close();
    this.#common.close();
    for (const channel of this.#others.values()) channel.close();
  }

  #lead(url: string): void {
    const source = this.#source = new EventSource(url);
    source.addEventListener("hello", ({ data }) => {
      this.#hello = data;
      this.#announce({ event: "hello", data });
    });
    for (const event of ["frame", "problem"]) {
      source.addEventListener(event, ({ data }: MessageEvent<string>) => {
        const window = WINDOW.exec(data)?.[1];
        if (window === undefined || window === this.window) this.#dispatch({ event, data });
        else this.#pass(window, { event, data });
      });
    }
    source.addEventListener("error", () => {
      this.#hello = undefined;
      this.#announce({ event: "error", data: "" });
    });
  }

  /** To every window, this one last: it may close the stream. */
  #announce(passed: Passed): void {
    this.#common.postMessage(passed);
    this.#dispatch(passed);
  }

  #pass(window: string, passed: Passed): void {
    let channel = this.#others.get(window);
    if (channel === undefined) this.#others.set(window, channel = new BroadcastChannel(channelOf(window)));
    channel.postMessage(passed);
  }

  #dispatch({ event, data }: Passed): void {
    this.dispatchEvent(new MessageEvent(event, { data }));
  }
}

function channelOf(window: string): string {
  return `latentboard-window-${window}`;
}
