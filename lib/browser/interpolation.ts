/** The interpolation strip: key frames, the frames between them as they stream in, and their playback. */
import { batch, computed, type Signal, signal } from "@preact/signals";
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
import { errorText, isAbort, postJson, sendJson } from "./requests.ts";

/** A point in latent space and its picture. */
export interface KeyFrame {
  readonly id: number;
  readonly z: readonly number[];
  readonly picture: PixelImage;
}

/** How a strip ends: at its last key frame, back at the first by the same way, or by a way of its own. */
export type StripEnd = "stop" | "ping-pong" | "closed";

/** The kinds of file that a strip can be exported as. The server makes the pictures, the browser the rest. */
export const EXPORTS = [
  { type: "image/gif", name: "GIF", extension: "gif" },
  { type: "image/webp", name: "WebP", extension: "webp" },
  { type: "video/mp4", name: "MP4", extension: "mp4" },
  { type: "video/webm", name: "WebM", extension: "webm" },
  { type: "image/png", name: "PNG sheet", extension: "png" },
  { type: "application/zip", name: "Frames (zip)", extension: "zip" },
] as const;

export type ExportKind = typeof EXPORTS[number];

/** The key frames that a strip passes, its end included. */
export function strungKeys<T>(keys: readonly T[], end: StripEnd): readonly T[] {
  if (end === "ping-pong") return [...keys, ...keys.slice(0, -1).reverse()];
  return end === "closed" ? [...keys, ...keys.slice(0, 1)] : keys;
}

/** The strip of one board. */
export class Interpolation {
  readonly keys: Signal<readonly KeyFrame[]> = signal([]);
  readonly method: Signal<InterpolationMethod> = signal("slerp");
  readonly end: Signal<StripEnd> = signal("stop");
  readonly frames = signal(48);
  /** Frames per second when playing. */
  readonly speed = signal(24);
  readonly loop = signal(true);
  readonly playing = signal(false);
  /** The frame that is shown. */
  readonly position = signal(0);
  readonly received = signal(0);
  /** How many frames there will be. */
  readonly total = signal(0);
  readonly running = signal(false);
  readonly exporting = signal(false);
  /** A sentence for the person, empty when nothing is wrong. */
  readonly problem = signal("");
  readonly ready = computed(() => this.keys.value.length >= MIN_KEYS && !this.running.value);
  /** The frames are not, or no longer, those of the key frames and settings. */
  readonly outdated = computed(() => JSON.stringify(this.#request()) !== JSON.stringify(this.#shown.value));
  /** All frames are there and are those of the key frames: what is shown can be exported. */
  readonly complete = computed(() => !this.outdated.value && this.received.value === this.total.value);
  /** Called with each frame as it comes; 0 is the first of a new strip. */
  onFrame: (index: number) => void = () => {};

  readonly #pictures: PixelImage[] = [];
  readonly #shown: Signal<InterpolateRequest | undefined> = signal();
  #running: AbortController | undefined;
  #nextId = 1;

  constructor(private readonly model: string) {}

  /** A frame that was received. */
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
      const { images } = await sendJson<DecodeResponse>("/api/decode", { model: this.model, z: latents });
      const added = latents.map((z, index) => ({ id: this.#nextId++, z, picture: images[index]! }));
      batch(() => {
        this.keys.value = [...this.keys.peek(), ...added];
        this.problem.value = "";
      });
    } catch (error) {
      this.problem.value = errorText(error);
    }
  }

  removeKey(id: number): void {
    this.keys.value = this.keys.peek().filter((key) => key.id !== id);
  }

  /** Swaps a key frame with the one before it. */
  moveEarlier(id: number): void {
    const keys = [...this.keys.peek()];
    const index = keys.findIndex((key) => key.id === id);
    if (index < 1) return;
    [keys[index - 1], keys[index]] = [keys[index]!, keys[index - 1]!];
    this.keys.value = keys;
  }

  /** Renders the strip, frame by frame; an earlier run is cancelled. */
  async run(): Promise<void> {
    this.cancel();
    const request = this.#request();
    if (request.keys.length > MAX_KEYS) {
      this.problem.value = `There and back takes at most ${Math.ceil(MAX_KEYS / 2)} key frames: remove one first`;
      return;
    }
    const work = this.#running = new AbortController();
    this.#pictures.length = 0;
    batch(() => {
      this.#shown.value = request;
      this.running.value = true;
      this.playing.value = false;
      this.problem.value = "";
      this.received.value = 0;
      this.position.value = 0;
      this.total.value = request.frames!;
    });
    try {
      const init = { headers: { accept: "text/event-stream" }, signal: work.signal };
      const [{ body }, { EventSourceParserStream }] = await Promise.all([
        postJson("/api/interpolate", request, init),
        import("eventsource-parser/stream"), // a first visit does without
      ]);
      const events = body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
      while (true) {
        const { done, value } = await events.read();
        work.signal.throwIfAborted();
        if (done) throw new Error("The connection broke before the strip was complete: render it again");
        if (value.event === "frame") this.#receive(JSON.parse(value.data) as FrameEvent);
        else if (value.event === "problem") throw new Error((JSON.parse(value.data) as ProblemEvent).detail);
        else if (value.event === "done") {
          this.position.value = 0;
          return await events.cancel();
        }
      }
    } catch (error) {
      if (!isAbort(error)) this.problem.value = errorText(error);
    } finally {
      if (this.#running === work) this.running.value = false;
    }
  }

  /** Stops rendering; frames that were received stay. */
  cancel(): void {
    this.#running?.abort();
    this.running.value = false;
  }

  /**
   * The strip that is shown, as a file.
   *
   * @returns the file, or undefined when it failed and {@linkcode problem} says why
   */
  async export(kind: ExportKind): Promise<Blob | undefined> {
    const shown = this.#shown.peek();
    if (shown === undefined) return undefined;
    this.exporting.value = true;
    this.problem.value = "";
    const fps = this.speed.peek();
    try {
      if (kind.type === "video/mp4" || kind.type === "video/webm") {
        const scale = 2 * Math.ceil(this.#scale() / 2);
        const { encodeVideo } = await import("./video.ts"); // encoders weigh more than the board
        return await encodeVideo(kind.extension, this.#pictures, { fps, scale });
      }
      if (kind.type === "application/zip") {
        const { zipFrames } = await import("./frames_zip.ts");
        return await zipFrames(this.#pictures, this.#scale());
      }
      const request: InterpolateRequest = {
        ...shown,
        delayMs: Math.round(1000 / fps),
        loop: this.loop.peek(),
        scale: this.#scale(),
      };
      return await (await postJson("/api/interpolate", request, { headers: { accept: kind.type } })).blob();
    } catch (error) {
      this.problem.value = errorText(error);
      return undefined;
    } finally {
      this.exporting.value = false;
    }
  }

  #request(): InterpolateRequest {
    const keys = strungKeys(this.keys.value.map((key) => key.z), this.end.value);
    return {
      model: this.model,
      keys,
      method: this.method.value,
      frames: Math.max(this.frames.value, keys.length),
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
