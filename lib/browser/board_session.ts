/** One board in one tab: its state, the frames of its moves, and the connection. The island renders it. */
import { effect, type Signal, signal } from "@preact/signals";
import type { FrameEvent, ModelDetail, SampleRequest, SampleResponse } from "../protocol.ts";
import { type Connection, type FrameHandlers, type FrameSource, getBackend } from "./backend.ts";
import { type BoardStart, BoardState } from "./board_state.ts";
import { boardUrl } from "./board_url.ts";
import { FrameClient } from "./frame_client.ts";
import { type LatencySummary, LatencyWindow } from "./latency.ts";
import { PixelPainter } from "./pixels.ts";
import { errorText, sendJson } from "./requests.ts";
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

  readonly #client: FrameSource;
  readonly #window = new LatencyWindow();
  #painter: PixelPainter | undefined;
  #frame: FrameEvent | undefined;
  #movedAt = NaN;
  #animation = 0;
  #draws = 0;

  constructor(readonly model: ModelDetail, start: BoardStart) {
    this.provider = signal(model.provider);
    this.state = new BoardState(model.dimensions, start);
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
      this.#client.move(state.z());
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
      clearTimeout(linkTimer);
      clearInterval(latencyTimer);
      cancelAnimationFrame(this.#animation);
      listeners.abort();
      this.#client.pause();
    };
  }

  /** A link that reopens this picture. */
  link(): string {
    const { state, model } = this;
    return boardUrl({
      model: model.name,
      z: state.z(),
      seed: state.seed.peek(),
      temperature: state.temperature.peek(),
      sampler: state.sampler.peek(),
    });
  }

  /** Draws a sample: of the prior here, of the mixture on the server. A move or another draw meanwhile wins. */
  async random(seed: number): Promise<void> {
    const { state, model } = this;
    const draw = ++this.#draws;
    const sampler = state.sampler.peek();
    if (sampler === "prior") return state.random(seed);
    const changes = state.changes.peek();
    try {
      const request: SampleRequest = { model: model.name, seed, temperature: state.temperature.peek(), sampler };
      const { z } = await sendJson<SampleResponse>("/api/sample", request);
      if (draw === this.#draws && changes === state.changes.peek()) state.jump(z[0]!, seed);
    } catch (error) {
      this.toasts.show(`No sample: ${errorText(error)}`);
    }
  }

  #receive(frame: FrameEvent, movedAt: number): void {
    this.#frame = frame;
    this.#movedAt = movedAt;
    if (this.#animation === 0) this.#animation = requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    this.#animation = 0;
    const frame = this.#frame;
    if (frame === undefined || this.#painter === undefined) return;
    this.#painter.paint(frame);
    if (!Number.isNaN(this.#movedAt)) this.#window.add(performance.now() - this.#movedAt);
    this.provider.value = frame.provider;
    this.problem.value = "";
  }
}
