/**
 * The interpolation strip: key frames, the frames between them as they stream in, and playing them. The panel draws it.
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  type DecodeResponse,
  type FrameEvent,
  type InterpolateRequest,
  type InterpolationMethod,
  MAX_KEYS,
  MAX_SCALE,
  MIN_KEYS,
  type PixelImage,
  type ProblemEvent,
} from "../protocol.ts";
import { readEvents } from "./event_stream.ts";
import { errorText, isAbort, send, sendJson } from "./requests.ts";

/** A key frame: a place in latent space and its picture. */
export interface KeyFrame {
  readonly id: number;
  readonly z: readonly number[];
  readonly picture: PixelImage;
}

/** The kinds of file that a strip can be kept as. */
export const EXPORTS = [
  { type: "image/gif", name: "GIF", extension: "gif" },
  { type: "image/webp", name: "WebP", extension: "webp" },
  { type: "image/png", name: "PNG sheet", extension: "png" },
] as const;

/** One of {@linkcode EXPORTS}. */
export type ExportKind = typeof EXPORTS[number];

/** The strip of one board. */
export class Interpolation {
  readonly keys: Signal<readonly KeyFrame[]> = signal<readonly KeyFrame[]>([]);
  readonly method: Signal<InterpolationMethod> = signal<InterpolationMethod>("slerp");
  readonly frames: Signal<number> = signal(48);
  /** Frames a second when playing. */
  readonly speed: Signal<number> = signal(24);
  readonly loop: Signal<boolean> = signal(true);
  readonly playing: Signal<boolean> = signal(false);
  /** The frame that is shown. */
  readonly position: Signal<number> = signal(0);
  /** How many frames have come, and how many will. */
  readonly received: Signal<number> = signal(0);
  readonly total: Signal<number> = signal(0);
  readonly running: Signal<boolean> = signal(false);
  readonly exporting: Signal<boolean> = signal(false);
  /** A sentence for the person, empty when nothing is wrong. */
  readonly problem: Signal<string> = signal("");
  readonly ready: ReadonlySignal<boolean> = computed(() => this.keys.value.length >= MIN_KEYS && !this.running.value);
  /** Called with each frame as it comes; 0 is the first of a new strip. */
  onFrame: (index: number) => void = () => {};

  readonly #model: string;
  readonly #pictures: PixelImage[] = [];
  #made: InterpolateRequest | undefined;
  #work: AbortController | undefined;
  #nextId = 1;

  /** @param model the name of the model that decodes */
  constructor(model: string) {
    this.#model = model;
  }

  /** A frame that has come. */
  picture(index: number): PixelImage | undefined {
    return this.#pictures[index];
  }

  /** Adds key frames at the end; their pictures are decoded first. */
  async addKeys(latents: readonly (readonly number[])[]): Promise<void> {
    if (this.keys.peek().length + latents.length > MAX_KEYS) {
      this.problem.value = `A strip takes at most ${MAX_KEYS} key frames: remove one first`;
      return;
    }
    try {
      const { images } = await sendJson<DecodeResponse>("/api/decode", { model: this.#model, z: latents });
      const added = latents.map((z, index) => ({ id: this.#nextId++, z, picture: images[index]! }));
      batch(() => {
        this.keys.value = [...this.keys.peek(), ...added];
        this.problem.value = "";
      });
    } catch (error) {
      this.problem.value = errorText(error);
    }
  }

  /** Removes a key frame. */
  removeKey(id: number): void {
    this.keys.value = this.keys.peek().filter((key) => key.id !== id);
  }

  /** Moves a key frame one place towards the beginning. */
  moveEarlier(id: number): void {
    const keys = [...this.keys.peek()];
    const index = keys.findIndex((key) => key.id === id);
    if (index < 1) return;
    [keys[index - 1], keys[index]] = [keys[index]!, keys[index - 1]!];
    this.keys.value = keys;
  }

  /** Fills the strip, frame by frame; an earlier filling is called off. */
  async run(): Promise<void> {
    this.cancel();
    const work = this.#work = new AbortController();
    const request = this.#made = this.#request();
    this.#pictures.length = 0;
    batch(() => {
      this.running.value = true;
      this.playing.value = false;
      this.problem.value = "";
      this.received.value = 0;
      this.position.value = 0;
      this.total.value = request.frames!;
    });
    try {
      const response = await send("/api/interpolate", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "text/event-stream" },
        body: JSON.stringify(request),
        signal: work.signal,
      });
      for await (const { event, data } of readEvents(response.body!)) {
        if (work.signal.aborted) return;
        if (event === "frame") this.#receive(JSON.parse(data) as FrameEvent);
        else if (event === "problem") throw new Error((JSON.parse(data) as ProblemEvent).detail);
        else if (event === "done") return;
      }
      throw new Error("The server broke off before the strip was full: fill it again");
    } catch (error) {
      if (!isAbort(error)) this.problem.value = errorText(error);
    } finally {
      if (this.#work === work) this.running.value = false;
    }
  }

  /** Calls off what is running; frames that have come stay. */
  cancel(): void {
    this.#work?.abort();
    this.running.value = false;
  }

  /**
   * The strip as a file, made on the server from the same request.
   *
   * @returns the file, or undefined when it failed and {@linkcode problem} says why
   */
  async export(kind: ExportKind): Promise<Blob | undefined> {
    this.exporting.value = true;
    this.problem.value = "";
    try {
      const response = await send("/api/interpolate", {
        method: "POST",
        headers: { "content-type": "application/json", accept: kind.type },
        body: JSON.stringify({
          ...(this.#made ?? this.#request()),
          delayMs: Math.round(1000 / this.speed.peek()),
          loop: this.loop.peek(),
          scale: this.#scale(),
        }),
      });
      return await response.blob();
    } catch (error) {
      this.problem.value = errorText(error);
      return undefined;
    } finally {
      this.exporting.value = false;
    }
  }

  #request(): InterpolateRequest {
    return {
      model: this.#model,
      keys: this.keys.peek().map((key) => key.z),
      method: this.method.peek(),
      frames: Math.max(this.frames.peek(), this.keys.peek().length),
    };
  }

  /** Small pictures are enlarged by a whole factor, to about 224 pixels, so that they stay crisp anywhere. */
  #scale(): number {
    const width = this.#pictures[0]?.width ?? 28;
    return Math.max(1, Math.min(MAX_SCALE, Math.round(224 / width)));
  }

  #receive(frame: FrameEvent): void {
    this.#pictures.push(frame);
    const index = this.#pictures.length - 1;
    this.onFrame(index);
    batch(() => {
      this.received.value = index + 1;
      this.position.value = index;
    });
  }
}
