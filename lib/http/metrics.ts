/** What Prometheus reads at /metrics, in base units. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { encodingLoad } from "../imaging/mod.ts";
import type { DecodedBatch } from "../inference/mod.ts";
import type { StreamHub } from "./streams.ts";

/** Bounds of the buckets, seconds: a frame takes about a millisecond, an export up to a minute. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const BATCH_SIZES = [1, 2, 4, 8, 16];

/** The figures of one server. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;
  readonly #decodes: Histogram;
  readonly #batches: Histogram;

  constructor() {
    const registers = [this.#registry];
    this.#requests = new Histogram({
      name: "latentboard_http_request_duration_seconds",
      help: "From a request's arrival to the head of its response, by method, route and status",
      labelNames: ["method", "route", "status"],
      buckets: SECONDS,
      registers,
    });
    this.#decodes = new Histogram({
      name: "latentboard_decode_duration_seconds",
      help: "Of decoding one batch of slider moves",
      buckets: SECONDS,
      registers,
    });
    this.#batches = new Histogram({
      name: "latentboard_decode_batch_size",
      help: "Slider moves that were decoded together",
      buckets: BATCH_SIZES,
      registers,
    });
    this.#gauge("process_resident_memory_bytes", "Memory of the process in RAM", () => Deno.memoryUsage().rss);
    this.#gauge("latentboard_encodings_running", "Files that are being encoded", () => encodingLoad().running);
    this.#gauge("latentboard_encodings_waiting", "Files that wait to be encoded", () => encodingLoad().waiting);
  }

  /** Adds what the streams count. */
  watchStreams(streams: StreamHub): void {
    this.#gauge("latentboard_streams", "Event streams of boards that are open", () => streams.size);
    this.#gauge("latentboard_moves_waiting", "Slider moves that wait to be decoded", () => streams.counts.waiting);
    this.#counter("latentboard_moves_total", "Slider moves that came", () => streams.counts.moves);
    this.#counter(
      "latentboard_moves_dropped_total",
      "Slider moves that a newer one replaced",
      () => streams.counts.dropped,
    );
  }

  /** Counts a request. */
  request(method: string, route: string | null, status: number, seconds: number): void {
    this.#requests.observe({ method, route: route ?? "none", status: String(status) }, seconds);
  }

  /** Measures the decoding of a batch of moves. */
  async decode(count: number, work: () => Promise<DecodedBatch>): Promise<DecodedBatch> {
    this.#batches.observe(count);
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.#decodes.observe((performance.now() - started) / 1000);
    }
  }

  /** The figures in Prometheus's text format. */
  async response(): Promise<Response> {
    const text = await this.#registry.metrics();
    return new Response(text, { headers: { "content-type": this.#registry.contentType } });
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(value());
      },
    });
  }

  #counter(name: string, help: string, value: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }
}
