/** What answers the board: the server, or on a shared board the model in this browser. */
import type { FrameEvent } from "../protocol.ts";

/** `paused` is a hidden tab, which holds no connection. */
export type Connection = "connecting" | "open" | "disconnected" | "paused";

/** Callbacks of a {@linkcode FrameSource}. */
export interface FrameHandlers {
  /** A frame newer than all before it; its move was made at `movedAt`, NaN for one too long ago. */
  onFrame(frame: FrameEvent, movedAt: number): void;
  /** A move failed: a sentence for the person. */
  onProblem(detail: string): void;
  onConnection(connection: Connection): void;
}

/** Turns moves into frames; a newer move replaces one that waits. */
export interface FrameSource {
  /** Moves that a newer one replaced. */
  readonly dropped: number;
  /** Returns the move's seq, which its frame carries. */
  move(z: readonly number[]): number;
  pause(): void;
  resume(): void;
}

/** Where requests of the board go. */
export interface Backend {
  /** `fetch` for the API and for the model's files. */
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Opens the frames of a model; the server's event stream where it is absent. */
  readonly openFrames?: (model: string, handlers: FrameHandlers) => FrameSource;
  /** The path of the board's page. */
  readonly boardPath: string;
  /** Whether a server keeps saved pictures and answers other programs; otherwise pictures are downloaded. */
  readonly hasServer: boolean;
  /** Types of files that `POST /api/interpolate` makes. */
  readonly exports: readonly string[];
  /** What the status line says while frames come. */
  readonly status: string;
}

let backend: Backend = {
  fetch: (path, init) => fetch(path, init),
  boardPath: "/",
  hasServer: true,
  exports: ["image/gif", "image/webp", "image/png"],
  status: "Connected",
};

/** The backend of this page. */
export function getBackend(): Backend {
  return backend;
}

/** Replaces the server; called before the board is rendered. */
export function setBackend(replacement: Backend): void {
  backend = replacement;
}
