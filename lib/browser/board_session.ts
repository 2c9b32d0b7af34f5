/** One board in one tab: its state, the frames of its moves, and the connection. The island renders it. */
import { effect, type Signal, signal } from "@preact/signals";
import type { FrameEvent, ModelDetail, SampleRequest, SampleResponse, SavedPicture, SaveRequest } from "../protocol.ts";
import { type Connection, type FrameHandlers, type FrameSource, getBackend } from "./backend.ts";
import { type BoardStart, BoardState } from "./board_state.ts";
import { boardUrl } from "./board_url.ts";
import { saveFile } from "./files.ts";
import { FrameClient } from "./frame_client.ts";
import { type LatencySummary, LatencyWindow } from "./latency.ts";
import { PixelPainter } from "./pixels.ts";
import { errorText, send, sendJson } from "./requests.ts";
import { decodePng } from "./scaled_png.ts";
import { Toasts } from "./toasts.ts";

const LATENCY_INTERVAL_MS = 250;
const LINK_DELAY_MS = 200; // browsers refuse more than some hundred changes of the address in half a minute

/** The controller of one board. */
export class BoardSession {
  readonly state: BoardState;
  readonly toasts = new Toasts();
  readonly connection: Signal<Connection> = signal("connecting");
  /** Why the last move failed, empty when it did not. */
  readonly problem = signal("");
  readonly latency: Signal<LatencySummary | undefined> = signal();
  readonly dropped = signal(0);
  readonly provider: Signal<string>;
  /** A sample is being drawn on the server. */
  readonly drawing = signal(false);
  readonly saving = signal(false);
  /** Rises when the same sliders decode to another picture: a run has learned more. */
  readonly learned = signal(0);
  /** The opening picture is shown in place of the current one. */
  readonly comparing = signal(false);

  readonly #client: FrameSource;
  readonly #window = new LatencyWindow();
  #painter: PixelPainter | undefined;
  #frame: FrameEvent | undefined;
  #movedAt = NaN;
  #movedSeq = 0;
  #animation = 0;
  #draw: Promise<void> = Promise.resolve();
  #draws = 0;

  /**
   * @param picture the decoded start as a `data:` URL
   * @param hasGallery whether saved pictures go to the gallery; otherwise they are downloaded
   */
  constructor(
    readonly model: ModelDetail,
    start: BoardStart,
    readonly picture: string,
    readonly hasGallery: boolean,
  ) {
    this.provider = signal(model.provider);
    this.state = new BoardState(model.dimensions, start);
    this.state.setPicture(picture);
    const handlers: FrameHandlers = {
      onFrame: (frame, movedAt) => this.#receive(frame, movedAt),
      onProblem: (detail) => this.problem.value = detail,
      onConnection: (connection) => this.connection.value = connection,
    };
    this.#client = getBackend().openFrames?.(model.name, handlers) ?? new FrameClient(model.name, handlers);
  }

  /** Sets or, with null, removes the canvas that frames are painted on. */
  attachCanvas(canvas: HTMLCanvasElement | null): void {
    this.#painter = canvas === null ? undefined : new PixelPainter(canvas);
  }

  /** Connects, and keeps picture, address and figures up to date until the returned function is called. */
  run(): () => void {
    const { state } = this;
    let opened = state.changes.peek();
    const stopMoves = effect(() => {
      if (state.changes.value === opened) return; // the page came with the picture of its first state
      opened = -1;
      this.#movedSeq = this.#client.move(state.z());
    });

    let linkTimer: ReturnType<typeof setTimeout> | undefined;
    let linked = this.link(); // the address that brought the page here stays until something changes
    const stopLinks = effect(() => {
      void state.settled.value;
      void state.temperature.value;
      void state.sampler.value;
      clearTimeout(linkTimer);
      linkTimer = setTimeout(() => {
        const url = this.link();
        if (url !== linked) history.replaceState(history.state, "", url);
        linked = url;
      }, LINK_DELAY_MS);
    });

    const latencyTimer = setInterval(() => {
      this.latency.value = this.#window.summary();
      this.dropped.value = this.#client.dropped;
    }, LATENCY_INTERVAL_MS);

    const stopPictures = effect(() => {
      void state.settled.value;
      this.#keepThumbnail();
    });

    const follow = () => document.visibilityState === "hidden" ? this.#client.pause() : this.#client.resume();
    follow();
    const listeners = new AbortController();
    const { signal } = listeners;
    document.addEventListener("visibilitychange", follow, { signal });
    addEventListener("pageshow", follow, { signal });
    addEventListener("pagehide", () => this.#client.pause(), { signal });

    return () => {
      stopMoves();
      stopLinks();
      stopPictures();
      clearTimeout(linkTimer);
      clearInterval(latencyTimer);
      cancelAnimationFrame(this.#animation);
      listeners.abort();
      this.#client.pause();
    };
  }

  /** Asks for the picture of the same sliders again: what decodes them has changed. */
  refresh(): void {
    this.#movedSeq = this.#client.move(this.state.z());
    this.learned.value++;
  }

  /** A link that reopens this picture. A sample's link holds how it was drawn. */
  link(): string {
    const { state, model } = this;
    const drawn = state.sample.peek() ?? { temperature: state.temperature.peek(), sampler: state.sampler.peek() };
    return boardUrl({ model: model.name, z: state.z(), ...drawn });
  }

  /** Draws a sample: of the prior here, of another sampler on the server. A move or another draw meanwhile wins. */
  random(seed: number): Promise<void> {
    const { state } = this;
    this.#draws++;
    if (state.sampler.peek() === "prior") {
      state.random(seed);
      return Promise.resolve();
    }
    return this.#draw = this.#drawOnServer(seed, this.#draws);
  }

  async #drawOnServer(seed: number, draw: number): Promise<void> {
    const { state, model } = this;
    const changes = state.changes.peek();
    const sample = { seed, temperature: state.temperature.peek(), sampler: state.sampler.peek() };
    this.drawing.value = true;
    try {
      const request: SampleRequest = { model: model.name, ...sample };
      const { z } = await sendJson<SampleResponse>("/api/sample", request);
      if (draw === this.#draws && changes === state.changes.peek()) state.jump(z[0]!, sample);
    } catch (error) {
      this.toasts.show(`No sample: ${errorText(error)}`);
    } finally {
      if (draw === this.#draws) this.drawing.value = false;
    }
  }

  /** Saves the picture to the gallery, or as a file where there is none; one that is being drawn is waited for. */
  async save(): Promise<void> {
    if (this.saving.peek()) return;
    this.saving.value = true;
    try {
      await this.#draw;
      const { state, model } = this;
      if (!this.hasGallery) return saveFile(await decodePng(model.name, state.z(), 1), `${model.name}.png`);
      const request: SaveRequest = { model: model.name, z: state.z(), ...state.sample.peek() };
      const saved = await sendJson<SavedPicture>("/api/save", request);
      this.toasts.show("Saved to the gallery", {
        link: { href: "/gallery", text: "Open" },
        action: { text: "Undo", run: () => void this.#unsave(saved) },
      });
    } catch (error) {
      this.toasts.show(`Not saved: ${errorText(error)}`);
    } finally {
      this.saving.value = false;
    }
  }

  async #unsave(saved: SavedPicture): Promise<void> {
    try {
      await send(`/api/gallery/${saved.id}`, { method: "DELETE" });
      this.toasts.show("Removed from the gallery");
    } catch (error) {
      this.toasts.show(`Still saved: ${errorText(error)}`);
    }
  }

  #receive(frame: FrameEvent, movedAt: number): void {
    this.#reportProvider(frame.provider);
    this.#frame = frame;
    this.#movedAt = movedAt;
    if (this.#animation === 0) this.#animation = requestAnimationFrame(() => this.#paint());
  }

  /** Says when the model has left the device that it ran on, as when a graphics card is lost. */
  #reportProvider(name: string): void {
    const before = this.provider.peek();
    if (name === before) return;
    this.provider.value = name;
    this.toasts.show(`This model now runs on ${name.toUpperCase()}: ${before.toUpperCase()} can't be used any more`);
  }

  #paint(): void {
    this.#animation = 0;
    const frame = this.#frame;
    if (frame === undefined || this.#painter === undefined) return;
    this.#painter.paint(frame);
    if (!Number.isNaN(this.#movedAt)) this.#window.add(performance.now() - this.#movedAt);
    this.problem.value = "";
    this.#keepThumbnail();
  }

  /** Gives the current step of the history its picture once the canvas shows it. */
  #keepThumbnail(): void {
    if (this.#painter === undefined || this.#frame?.seq !== this.#movedSeq || !this.state.isSettled()) return;
    this.state.setPicture(this.#painter.canvas.toDataURL());
  }
}
