/** One line of progress on the standard error: redrawn on a terminal, said now and then elsewhere. */

const REDRAW_MILLISECONDS = 100;
const PLAIN_MILLISECONDS = 15_000;

/** Where progress is written. */
export interface ProgressTarget {
  /** Whether a line can be redrawn. */
  readonly terminal: boolean;
  readonly columns: () => number;
  readonly write: (text: string) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

const BAR = 24;

/** A bar of a share from 0 to 1. */
export function progressBar(share: number): string {
  const done = Math.round(BAR * Math.min(1, share));
  return "█".repeat(done) + "░".repeat(BAR - done);
}

/**
 * A line of a bar, what is done and the time left, for a terminal: the bar goes first where there is too little room, then
 * the end of the text; the time left stays.
 *
 * @param share done, 0 to 1
 * @param text ends with a comma and the time left, where that is known
 */
export function fitProgress(share: number, text: string, columns: number): string {
  const room = Math.max(20, columns - 1);
  const whole = `${progressBar(share)} ${text}`;
  if (whole.length <= room) return whole;
  if (text.length <= room) return text;
  const left = /, [^,()]+ left$/.exec(text)?.[0] ?? "";
  return `${text.slice(0, Math.max(0, room - left.length - 1))}…${left}`.slice(0, room);
}

/** Estimates the time left of a stage from what was done of it since it began; a resumed one begins further on. */
export class StageClock {
  readonly #now: () => number;
  #stage = "";
  #began = 0;
  #from = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Such as `decoding 300 of 1,000, 20 s left`. */
  describe(stage: string, done: number, total: number): string {
    if (stage !== this.#stage) [this.#stage, this.#began, this.#from] = [stage, this.#now(), done];
    const seconds = (this.#now() - this.#began) / 1000 * (total - done) / (done - this.#from);
    const left = done > this.#from && total > done ? `, ${describeSeconds(seconds)} left` : "";
    return `${stage} ${done.toLocaleString("en")} of ${total.toLocaleString("en")}${left}`;
  }
}

/** Shows how far some work is, with the time that is left. */
export class ProgressLine {
  readonly #target: ProgressTarget;
  readonly #clock: StageClock;
  #stage = "";
  #shown = -Infinity;
  #drawn = false;

  /** @param target where to write; the standard error by default */
  constructor(target: ProgressTarget = standardError()) {
    this.#target = target;
    this.#clock = new StageClock(target.now);
  }

  /**
   * Shows that `done` of `total` are through a stage; another stage restarts the clock.
   *
   * @param stage what is going on, such as `encoding`
   * @param done 0 to `total`
   * @param total how many there are
   */
  show(stage: string, done: number, total: number): void {
    const { terminal, write, now, columns } = this.#target;
    const time = now();
    if (stage !== this.#stage) {
      this.#stage = stage;
      this.#shown = terminal ? -Infinity : time;
    }
    const text = this.#clock.describe(stage, done, total);
    if (time - this.#shown < (terminal ? REDRAW_MILLISECONDS : PLAIN_MILLISECONDS)) return;
    this.#shown = time;
    this.#drawn = terminal;
    if (!terminal) return write(`${text}\n`);
    write(`\r\x1b[K${fitProgress(done / total, text, columns())}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#drawn) this.#target.write("\r\x1b[K");
    this.#drawn = false;
  }
}

/** Such as `2 h 05 min`, `3 min 20 s` or `4.2 s`. */
export function describeSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole % 3600 / 60))} min`;
}

function standardError(): ProgressTarget {
  const encoder = new TextEncoder();
  return {
    terminal: Deno.stderr.isTerminal(),
    columns: () => Deno.consoleSize().columns,
    write: (text) => void Deno.stderr.writeSync(encoder.encode(text)),
    now: () => performance.now(),
  };
}
