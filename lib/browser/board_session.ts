/**
 * One board in one tab: the state under a person's hands, the frames that answer it, and what is known of the server.
 * The island draws it; this file owns when things happen.
 */
import { effect, type Signal, signal } from "@preact/signals";
import type { FrameEvent, ModelDetail, SampleRequest, SampleResponse, SamplerName } from "../protocol.ts";
import { BoardState } from "./board_state.ts";
import { boardUrl } from "./board_url.ts";
import { type Connection, FrameClient } from "./frame_client.ts";
import { type LatencySummary, LatencyWindow } from "./latency.ts";
import { PixelPainter } from "./pixels.ts";
import { errorText, sendJson } from "./requests.ts";
import { Toasts } from "./toasts.ts";

/** What the page was opened with. */
export interface BoardStart {
  readonly z: readonly number[];
  readonly seed?: number | undefined;
  readonly temperature?: number | undefined;
  readonly sampler?: SamplerName | undefined;
}

const READOUT_EVERY_MS = 250;
const LINK_AFTER_MS = 200; // browsers refuse more than some hundred changes of the address in half a minute

/** The board's life in a tab. */
export class BoardSession {
  readonly model: ModelDetail;
  readonly state: BoardState;
  readonly toasts = new Toasts();
  readonly connection: Signal<Connection> = signal<Connection>("connecting");
  /** The last refusal in words, empty when the last move was answered. */
  readonly problem: Signal<string> = signal("");
  readonly latency: Signal<LatencySummary | undefined> = signal<LatencySummary | undefined>(undefined);
  readonly dropped: Signal<number> = signal(0);
  readonly provider: Signal<string>;
  /** Counts the frames that were painted. */
  painted = 0;

  readonly #client: FrameClient;
  readonly #window = new LatencyWindow();
  #painter: PixelPainter | undefined;
  #frame: FrameEvent | undefined;
  #movedAt = NaN;
  #animation = 0;
  #draws = 0;

  /**
   * @param model as `GET /api/models/<name>` describes it
   * @param start where the sliders stand at first
   */
  constructor(model: ModelDetail, start: BoardStart) {
    this.model = model;
    this.provider = signal(model.provider);
    this.state = new BoardState(model.dimensions, {
      z: start.z,
      seed: start.seed,
      temperature: start.temperature ?? 1,
      sampler: start.sampler ?? "prior",
    });
    this.#client = new FrameClient(model.name, {
      onFrame: (frame, movedAt) => this.#receive(frame, movedAt),
      onProblem: (detail) => this.problem.value = detail,
      onConnection: (connection) => this.connection.value = connection,
    });
  }

  /** The canvas that frames are painted on; undefined when it leaves the page. */
  paintOn(canvas: HTMLCanvasElement | null): void {
    this.#painter = canvas === null ? undefined : new PixelPainter(canvas);
  }

  /**
   * Connects, and follows the state with moves, the address and the readout, until the returned function is called.
   */
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
      }, LINK_AFTER_MS);
    });

    const readout = setInterval(() => {
      this.latency.value = this.#window.summary();
      this.dropped.value = this.#client.dropped;
    }, READOUT_EVERY_MS);

    const follow = () => document.visibilityState === "hidden" ? this.#client.pause() : this.#client.resume();
    const pause = () => this.#client.pause();
    follow();
    document.addEventListener("visibilitychange", follow);
    addEventListener("pageshow", follow);
    addEventListener("pagehide", pause);

    return () => {
      stopMoves();
      stopLinks();
      clearTimeout(linkTimer);
      clearInterval(readout);
      cancelAnimationFrame(this.#animation);
      document.removeEventListener("visibilitychange", follow);
      removeEventListener("pageshow", follow);
      removeEventListener("pagehide", pause);
      this.#client.pause();
    };
  }

  /** A link that reopens this very picture. */
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

  /**
   * Takes a random sample: of the prior at once, of the mixture when the server has drawn it. A move or another draw
   * that comes first wins.
   */
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
    this.painted++;
    if (!Number.isNaN(this.#movedAt)) this.#window.add(performance.now() - this.#movedAt);
    this.provider.value = frame.provider;
    this.problem.value = "";
  }
}
