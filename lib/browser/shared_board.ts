/** What a shared board is made of: `board.json`, which the page and its worker read. */
import type { ModelDetail } from "../protocol.ts";
import type { MapLinks } from "./test_pictures.ts";

/** One model with everything that its board asks a server for elsewhere. */
export interface SharedBoard {
  readonly model: ModelDetail;
  /** Where the sliders start. */
  readonly z: readonly number[];
  /** Absent for a model without a map. */
  readonly map?: MapLinks;
  /** Off-manifold distances of test pictures, nearest first. */
  readonly testDistances?: readonly number[];
}

/** From the page to the worker; `abort` ends an earlier request. */
export type WorkerRequest =
  | { readonly id: number; readonly path: string; readonly init: SentRequest }
  | { readonly id: number; readonly abort: true };

/** The parts of a `RequestInit` that can be posted. */
export interface SentRequest {
  readonly method: string;
  readonly headers: [string, string][];
  readonly body?: Blob | string;
}

/** From the worker to the page: a whole response; or the head of an event stream, its chunks, and its end. */
export type WorkerReply =
  | {
    readonly id: number;
    readonly status: number;
    readonly headers: [string, string][];
    /** Absent for an event stream. */
    readonly body?: ArrayBuffer;
  }
  | { readonly id: number; readonly chunk: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly end: true }
  | { readonly id: number; readonly error: string };
