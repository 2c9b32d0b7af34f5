/** Work in threads of its own: so many at a time, within so many bytes, ended when nobody waits for it any more. */
import { type FaultKind, LatentboardError } from "../errors.ts";

/** Options of {@linkcode WorkerPool}. */
export interface WorkerPoolOptions {
  /** A module that calls {@linkcode answerTasks}. */
  readonly module: URL;
  /** Tasks at a time; 2 by default. */
  readonly workers?: number;
  /** What the running tasks may take together, by their own estimates. A larger one runs alone. */
  readonly bytes: number;
  /** Tasks that may wait; 16 by default. */
  readonly maxWaiting?: number;
  /** Milliseconds that a task may run; a minute by default. */
  readonly timeLimit?: number;
  /** The error's sentence when too many tasks wait. */
  readonly busy: string;
  /** The error's sentence when a task takes too long. */
  readonly late: string;
}

/** A task. */
export interface WorkerTask<Message> {
  /** The most bytes that it takes while it runs. */
  readonly bytes: number;
  /** Ends the task, whether it waits or runs. */
  readonly signal?: AbortSignal;
  /** Called once the task may run, so that one that waits holds nothing. */
  readonly prepare: () => Promise<Message> | Message;
  /** What of the message is handed over instead of copied. */
  readonly transfer?: (message: Message) => Transferable[];
}

/** What a pool does at the moment. */
export interface WorkerLoad {
  /** Tasks. */
  readonly running: number;
  /** Tasks. */
  readonly waiting: number;
  /** Of the running tasks, by their estimates. */
  readonly bytes: number;
}

type Answer =
  | { readonly value: unknown }
  | { readonly fault: { readonly kind: FaultKind; readonly message: string; readonly field: string | undefined } }
  | { readonly error: string };

/** An unused thread is ended after this time, so that it holds no memory. */
const IDLE_MS = 30_000;

/** Runs tasks in threads. Nothing is started before the first task. */
export class WorkerPool<Message, Value> {
  readonly #options: WorkerPoolOptions;
  readonly #idle: { readonly worker: Worker; readonly timer: ReturnType<typeof setTimeout> }[] = [];
  readonly #waiting: { readonly bytes: number; readonly start: () => void }[] = [];
  readonly #busy = new Set<Worker>();
  #running = 0;
  #bytes = 0;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  get load(): WorkerLoad {
    return { running: this.#running, waiting: this.#waiting.length, bytes: this.#bytes };
  }

  /**
   * Runs a task when its turn comes.
   *
   * @throws {LatentboardError} `unavailable` when too many wait or it takes too long, and what the task throws
   * @throws the signal's reason when it is aborted
   */
  async run(task: WorkerTask<Message>): Promise<Value> {
    await this.#admit(task);
    try {
      const message = await task.prepare();
      task.signal?.throwIfAborted();
      return await this.#work(message, task);
    } finally {
      this.#running--;
      this.#bytes -= task.bytes;
      this.#next();
    }
  }

  /** Ends all threads; tasks that run fail. */
  close(): void {
    for (const { worker, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      worker.terminate();
    }
    for (const worker of this.#busy) worker.dispatchEvent(new Event("close"));
  }

  async #admit({ bytes, signal }: WorkerTask<Message>): Promise<void> {
    signal?.throwIfAborted();
    if (this.#waiting.length === 0 && this.#hasRoom(bytes)) {
      this.#running++;
      this.#bytes += bytes;
      return;
    }
    const { maxWaiting = 16, busy } = this.#options;
    if (this.#waiting.length >= maxWaiting) throw new LatentboardError("unavailable", busy);
    await new Promise<void>((resolve, reject) => {
      const entry = {
        bytes,
        start: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal!.reason);
        this.#next(); // a smaller task behind it may fit
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.push(entry);
    });
  }

  #hasRoom(bytes: number): boolean {
    const { workers = 2, bytes: budget } = this.#options;
    return this.#running === 0 || (this.#running < workers && this.#bytes + bytes <= budget);
  }

  #next(): void {
    for (let first = this.#waiting[0]; first !== undefined && this.#hasRoom(first.bytes); first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#running++;
      this.#bytes += first.bytes;
      first.start();
    }
  }

  async #work(message: Message, { signal, transfer }: WorkerTask<Message>): Promise<Value> {
    const { timeLimit = 60_000, late } = this.#options;
    const worker = this.#take();
    this.#busy.add(worker);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => reject(new LatentboardError("unavailable", late)), timeLimit);
    const onAbort = () => reject(signal!.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault(); // it would end the process
      reject(new Error(`A worker failed: ${event.message}`));
    };
    const onClose = () => reject(new LatentboardError("unavailable", "The server is closing: try again later"));
    worker.addEventListener("close", onClose, { once: true });
    try {
      worker.postMessage(message, transfer?.(message) ?? []);
      const answer = await promise;
      this.#give(worker);
      return valueOf(answer) as Value;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      worker.removeEventListener("close", onClose);
      this.#busy.delete(worker);
      if (!this.#idle.some((idle) => idle.worker === worker)) worker.terminate(); // it may be in the middle of anything
    }
  }

  #take(): Worker {
    const idle = this.#idle.pop();
    if (idle === undefined) return new Worker(this.#options.module, { type: "module" });
    clearTimeout(idle.timer);
    return idle.worker;
  }

  #give(worker: Worker): void {
    const timer = setTimeout(() => {
      this.#idle.splice(this.#idle.findIndex((idle) => idle.worker === worker), 1);
      worker.terminate();
    }, IDLE_MS);
    Deno.unrefTimer(timer);
    this.#idle.push({ worker, timer });
  }
}

function valueOf(answer: Answer): unknown {
  if ("value" in answer) return answer.value;
  if ("error" in answer) throw new Error(answer.error);
  const { kind, message, field } = answer.fault;
  throw new LatentboardError(kind, message, field === undefined ? {} : { field });
}

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: (event: MessageEvent) => void;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/**
 * Answers a pool's tasks, within a worker.
 *
 * @param work does a task
 * @param transfer what of its value is handed over instead of copied
 */
export function answerTasks<Message, Value>(
  work: (message: Message) => Promise<Value> | Value,
  transfer: (value: Value) => Transferable[] = () => [],
): void {
  const scope = globalThis as unknown as WorkerScope;
  scope.onmessage = async ({ data }: MessageEvent<Message>) => {
    try {
      const value = await work(data);
      scope.postMessage({ value } satisfies Answer, transfer(value));
    } catch (error) {
      const answer: Answer = error instanceof LatentboardError
        ? { fault: { kind: error.kind, message: error.message, field: error.field } }
        : { error: error instanceof Error ? error.stack ?? error.message : String(error) };
      scope.postMessage(answer, []);
    }
  };
}
