/**
 * Sends files to the server: several at once, each in parts, and on where it was after a pause or a lost connection.
 */
import { type Signal, signal } from "@preact/signals";
import {
  type BadFile,
  type DatasetDetail,
  MAX_UPLOAD_FILES,
  MAX_UPLOAD_PART,
  type UploadFilesResponse,
  type UploadFileState,
  type UploadState,
} from "../../protocol_runs.ts";
import { errorText, isAbort, RequestError, send, sendJson } from "../requests.ts";
import type { ChosenFile } from "./dropped_files.ts";

/** Files that are sent at the same time. */
const PARALLEL = 4;
const UPDATE_MS = 100;
/** Milliseconds before each further attempt to reach the server; the last one repeats. */
const RETRY_AFTER = [500, 1000, 2000, 4000];

/** How an upload stands. `offline` tries again by itself. */
export type UploadPhase = "sending" | "paused" | "offline" | "finishing" | "done" | "failed" | "cancelled";

/** What is shown of an upload. */
export interface UploadProgress {
  readonly files: number;
  readonly complete: number;
  readonly bytes: number;
  readonly received: number;
  readonly pictures: number;
  readonly bad: readonly BadFile[];
}

interface Job {
  readonly chosen: ChosenFile;
  /** Its number on the server. */
  readonly file: number;
  received: number;
}

/** One upload. */
export class Uploader {
  readonly phase: Signal<UploadPhase> = signal("sending");
  readonly progress: Signal<UploadProgress>;
  /** Why it failed. */
  readonly problem = signal("");
  #id = "";
  #jobs: Job[] = [];
  #next = 0;
  #complete = 0;
  #received = 0;
  #pictures = 0;
  readonly #bad: BadFile[] = [];
  #stop = new AbortController();
  #going: PromiseWithResolvers<void> | undefined;
  #updatedAt = 0;

  /** @param retryAfter milliseconds before each further attempt to reach the server; the last one repeats */
  constructor(readonly files: readonly ChosenFile[], private readonly retryAfter: readonly number[] = RETRY_AFTER) {
    const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
    this.progress = signal({ files: files.length, complete: 0, bytes, received: 0, pictures: 0, bad: [] });
  }

  /**
   * Sends everything.
   *
   * @param name of the dataset
   * @returns the dataset; undefined when it failed, as `problem` says, or was cancelled
   */
  async run(name: string): Promise<DatasetDetail | undefined> {
    try {
      this.#id = (await this.#persist(() => sendJson<UploadState>("/api/uploads", { name }))).id;
      for (let from = 0; from < this.files.length; from += MAX_UPLOAD_FILES) {
        const part = this.files.slice(from, from + MAX_UPLOAD_FILES);
        const states = await this.#persist(() => this.#announce(part));
        this.#jobs.push(...states.map(({ file, received }, i) => ({ chosen: part[i]!, file, received })));
        this.#received += states.reduce((sum, { received }) => sum + received, 0);
      }
      await Promise.all(Array.from({ length: PARALLEL }, () => this.#work()));
      this.phase.value = "finishing";
      const dataset = await this.#persist(() => sendJson<DatasetDetail>(`/api/uploads/${this.#id}/finish`, {}));
      this.phase.value = "done";
      return dataset;
    } catch (error) {
      if (this.phase.peek() === "cancelled") return undefined;
      this.#stop.abort(); // the other workers too
      this.phase.value = "failed";
      this.problem.value = errorText(error);
      return undefined;
    } finally {
      this.#update(true);
    }
  }

  /** Lets go of the connection until {@linkcode resume}. */
  pause(): void {
    if (this.phase.peek() !== "sending" && this.phase.peek() !== "offline") return;
    this.#going = Promise.withResolvers();
    this.phase.value = "paused";
    this.#stop.abort();
  }

  /** Goes on after a pause. */
  resume(): void {
    if (this.phase.peek() !== "paused") return;
    this.#stop = new AbortController();
    this.phase.value = "sending";
    this.#going?.resolve();
    this.#going = undefined;
  }

  /** Gives it up; what was sent is deleted. */
  async cancel(): Promise<void> {
    this.phase.value = "cancelled";
    this.#stop.abort();
    this.#going?.resolve();
    if (this.#id !== "") await send(`/api/uploads/${this.#id}`, { method: "DELETE" }).catch(() => {}); // or in a day
  }

  async #work(): Promise<void> {
    for (let job = this.#jobs[this.#next++]; job !== undefined; job = this.#jobs[this.#next++]) {
      const due = job;
      let interrupted = false;
      const { pictures = 0, problems = [] } = await this.#persist(async () => {
        if (interrupted) await this.#ask(due); // only the server can say how far the file is
        interrupted = true;
        return await this.#sendFile(due).catch(async (error) => {
          if (!isElsewhere(error)) throw error; // such as a part that came although its response was lost
          await this.#ask(due);
          return await this.#sendFile(due);
        });
      });
      this.#complete++;
      this.#pictures += pictures;
      this.#bad.push(...problems);
      this.#update();
    }
  }

  async #sendFile(job: Job): Promise<UploadFileState> {
    const { file } = job.chosen;
    while (true) {
      const body = file.slice(job.received, job.received + MAX_UPLOAD_PART);
      const response = await send(`/api/uploads/${this.#id}/files/${job.file}?offset=${job.received}`, {
        method: "PUT",
        headers: { "content-type": "application/octet-stream" },
        body,
        signal: this.#stop.signal,
      });
      const state = await response.json() as UploadFileState;
      this.#advance(job, state.received);
      if (state.received >= file.size) return state;
    }
  }

  async #announce(files: readonly ChosenFile[]): Promise<UploadFilesResponse["files"]> {
    const body = { files: files.map(({ path, file }) => ({ path, size: file.size })) };
    const init = { signal: this.#stop.signal };
    return (await sendJson<UploadFilesResponse>(`/api/uploads/${this.#id}/files`, body, init)).files;
  }

  async #ask(job: Job): Promise<void> {
    const [state] = await this.#announce([job.chosen]);
    this.#advance(job, state!.received);
  }

  #advance(job: Job, received: number): void {
    this.#received += received - job.received;
    job.received = received;
    this.#update();
  }

  /** Tries until it works: waits while paused or offline; other faults are thrown. */
  async #persist<T>(attempt: () => Promise<T>): Promise<T> {
    for (let failures = 0;;) {
      await this.#going?.promise;
      if (this.phase.peek() === "cancelled" || this.phase.peek() === "failed") throw new Error("The upload has ended");
      try {
        const result = await attempt();
        if (this.phase.peek() === "offline") this.phase.value = "sending";
        return result;
      } catch (error) {
        if (isAbort(error)) continue; // paused, or ended: both are looked at above
        if (!isPassing(error)) throw error;
        if (this.phase.peek() === "sending") this.phase.value = "offline";
        const wait = this.retryAfter[Math.min(failures++, this.retryAfter.length - 1)];
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  #update(now = false): void {
    const time = performance.now();
    if (!now && time - this.#updatedAt < UPDATE_MS) return;
    this.#updatedAt = time;
    const { files, bytes } = this.progress.peek();
    this.progress.value = {
      ...{ files, bytes, complete: this.#complete, received: this.#received },
      ...{ pictures: this.#pictures, bad: [...this.#bad] },
    };
  }
}

/** Whether a fault goes away: no connection, or an overloaded server. */
function isPassing(error: unknown): boolean {
  return error instanceof RequestError && [0, 408, 429, 502, 504].includes(error.status);
}

/** Whether the server has another part of the file than was thought. */
function isElsewhere(error: unknown): boolean {
  return error instanceof RequestError && error.status === 409;
}
