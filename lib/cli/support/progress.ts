/** One line of progress on the standard error: redrawn on a terminal, said now and then elsewhere. */

const REDRAW_MILLISECONDS = 100;
const PLAIN_MILLISECONDS = 15_000;

/** Where progress is written. */
export interface ProgressTarget {
  /** Whether a line can be redrawn. */
  readonly terminal: boolean;
  readonly write: (text: string) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** Shows how far some work is, with the time that is left. */
export class ProgressLine {
  readonly #target: ProgressTarget;
  #stage = "";
  #began = 0;
  #shown = -Infinity;
  #drawn = false;

  /** @param target where to write; the standard error by default */
  constructor(target: ProgressTarget = standardError()) {
    this.#target = target;
  }

  /**
   * Shows that `done` of `total` are through a stage; another stage restarts the clock.
   *
   * @param stage what is going on, such as `encoding`
   * @param done 0 to `total`
   * @param total how many there are
   */
  show(stage: string, done: number, total: number): void {
    const { terminal, write, now } = this.#target;
    const time = now();
    if (stage !== this.#stage) {
      this.#stage = stage;
      this.#began = time;
      this.#shown = terminal ? -Infinity : time;
    }
    if (time - this.#shown < (terminal ? REDRAW_MILLISECONDS : PLAIN_MILLISECONDS)) return;
    this.#shown = time;
    const left = done === 0 ? "" : `, ${duration((time - this.#began) / 1000 * (total - done) / done)} left`;
    const text = `${stage} ${done.toLocaleString("en")} of ${total.toLocaleString("en")}${left}`;
    this.#drawn = terminal;
    write(terminal ? `\r\x1b[K${text}` : `${text}\n`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#drawn) this.#target.write("\r\x1b[K");
    this.#drawn = false;
  }
}

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function standardError(): ProgressTarget {
  const encoder = new TextEncoder();
  return {
    terminal: Deno.stderr.isTerminal(),
    write: (text) => void Deno.stderr.writeSync(encoder.encode(text)),
    now: () => performance.now(),
  };
}
