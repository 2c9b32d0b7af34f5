/** The backend of a shared board: a worker answers the API with the model that it runs. */
import type { DecodeResponse, FrameEvent } from "../protocol.ts";
import type { Backend, FrameHandlers, FrameSource } from "./backend.ts";
import { errorText, sendJson } from "./requests.ts";
import type { SentRequest, WorkerReply, WorkerRequest } from "./shared_board.ts";

/** The part of `Worker` that is used; tests replace it. */
export interface WorkerPort {
  postMessage(message: WorkerRequest): void;
  onmessage: ((event: MessageEvent<WorkerReply>) => void) | null;
}

interface PendingResponse {
  readonly resolve: (response: Response) => void;
  readonly reject: (error: Error) => void;
  body?: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
}

/**
 * Makes the backend of a shared board.
 *
 * @param worker answers requests to `/api/`; other paths are fetched
 * @param boardPath the page's path
 */
export function workerBackend(worker: WorkerPort, boardPath: string): Backend {
  const client = new WorkerClient(worker);
  return {
    fetch: (path, init) => path.startsWith("/api/") ? client.fetch(path, init) : fetch(path, init),
    openFrames: (model, handlers) => new DecodedFrames(model, handlers),
    boardPath,
    hasServer: false,
    exports: ["image/gif", "image/png"],
    status: "Running in this browser",
  };
}

/** `fetch` over messages. */
class WorkerClient {
  readonly #worker: WorkerPort;
  readonly #pending = new Map<number, PendingResponse>();
  #nextId = 1;

  constructor(worker: WorkerPort) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#receive(data);
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    init.signal?.throwIfAborted();
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    this.#pending.set(id, { resolve, reject });
    init.signal?.addEventListener("abort", () => {
      const error = new DOMException("The request was aborted", "AbortError");
      this.#abort(id)?.body?.error(error);
      reject(error);
    }, { once: true });
    const sent: SentRequest = {
      method: init.method ?? "GET",
      headers: [...new Headers(init.headers)],
      ...(init.body == null ? {} : { body: init.body as Blob | string }),
    };
    this.#worker.postMessage({ id, path, init: sent });
    return await promise;
  }

  #receive(reply: WorkerReply): void {
    const { id } = reply;
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    if ("status" in reply) {
      const { status, headers, body } = reply;
      if (body !== undefined) this.#pending.delete(id);
      pending.resolve(new Response(body ?? this.#stream(id, pending), { status, headers }));
    } else if ("chunk" in reply) {
      pending.body?.enqueue(reply.chunk);
    } else {
      this.#pending.delete(id);
      if ("end" in reply) return pending.body?.close();
      const error = new Error(reply.error);
      pending.reject(error);
      pending.body?.error(error);
    }
  }

  #stream(id: number, pending: PendingResponse): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => void (pending.body = controller),
      cancel: () => void this.#abort(id),
    });
  }

  /** Ends a request that nobody waits for any more. */
  #abort(id: number): PendingResponse | undefined {
    const pending = this.#pending.get(id);
    if (this.#pending.delete(id)) this.#worker.postMessage({ id, abort: true });
    return pending;
  }
}

/** Frames by one decode after the other; the newest move waits while one is decoded. */
export class DecodedFrames implements FrameSource {
  readonly #model: string;
  readonly #handlers: FrameHandlers;
  #seq = 0;
  #waiting: { seq: number; z: readonly number[]; movedAt: number } | undefined;
  #decoding = false;
  #paused = true;
  dropped = 0;

  constructor(model: string, handlers: FrameHandlers) {
    this.#model = model;
    this.#handlers = handlers;
  }

  resume(): void {
    this.#paused = false;
    this.#handlers.onConnection("open");
    void this.#decode();
  }

  pause(): void {
    this.#paused = true;
    this.#handlers.onConnection("paused");
  }

  move(z: readonly number[]): number {
    if (this.#waiting !== undefined) this.dropped++;
    this.#waiting = { seq: ++this.#seq, z, movedAt: performance.now() };
    void this.#decode();
    return this.#seq;
  }

  async #decode(): Promise<void> {
    if (this.#decoding) return;
    this.#decoding = true;
    for (let move = this.#waiting; move !== undefined && !this.#paused; move = this.#waiting) {
      this.#waiting = undefined;
      try {
        const started = performance.now();
        const request = { model: this.#model, z: move.z };
        const { images, provider } = await sendJson<DecodeResponse>("/api/decode", request);
        const frame: FrameEvent = {
          ...images[0]!,
          seq: move.seq,
          model: this.#model,
          provider,
          serverMs: performance.now() - started,
          dropped: this.dropped,
        };
        this.#handlers.onFrame(frame, move.movedAt);
      } catch (error) {
        this.#handlers.onProblem(errorText(error));
      }
    }
    this.#decoding = false;
  }
}
