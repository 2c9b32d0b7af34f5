/** The part of the HTTP API that a board uses, answered by a model in the browser. */
import { readRecipe, writeRecipe } from "../../gallery/recipe.ts";
import { encodeGif } from "../../imaging/animation.ts";
import type { Bitmap } from "../../imaging/bitmap.ts";
import { enlargeBitmap, tileBitmaps } from "../../imaging/grid.ts";
import { encodePng, readPngText } from "../../imaging/png.ts";
import { interpolate, offManifoldDistance, rankDistance } from "../../latent/mod.ts";
import { gmm } from "../../sampling/gmm.ts";
import { prior } from "../../sampling/prior.ts";
import type { LatentDistribution, SampledModel } from "../../sampling/sampler.ts";
import type { SharedBoard } from "../../browser/shared_board.ts";
import type {
  DecodeRequest,
  DecodeResponse,
  DoneEvent,
  EncodeResponse,
  FrameEvent,
  InterpolateRequest,
  ManifoldRequest,
  ManifoldResponse,
  PixelImage,
  Problem,
  SampleRequest,
  SampleResponse,
  SamplerName,
} from "../../protocol.ts";
import type { LocalModel } from "./model.ts";

/** What a {@linkcode LocalApi} is made of. */
export interface LocalApiOptions {
  readonly board: SharedBoard;
  readonly model: LocalModel;
  /** What samplers are fitted to. */
  readonly sampled: SampledModel;
  /** Fits a picture file to the model: `[height, width, channels]`, 0 to 255. */
  readonly fit: (picture: Blob) => Promise<Uint8Array>;
}

/** Answers requests as the server does, for the one model of a shared board. */
export class LocalApi {
  readonly #board: SharedBoard;
  readonly #model: LocalModel;
  readonly #sampled: SampledModel;
  readonly #fit: (picture: Blob) => Promise<Uint8Array>;
  readonly #fitted = new Map<SamplerName, Promise<LatentDistribution>>();

  constructor({ board, model, sampled, fit }: LocalApiOptions) {
    this.#board = board;
    this.#model = model;
    this.#sampled = sampled;
    this.#fit = fit;
  }

  /** Answers one request; a failure becomes problem+json, as on the server. */
  async answer(request: Request): Promise<Response> {
    try {
      switch (new URL(request.url).pathname) {
        case "/api/decode":
          return await this.#decode(await request.json(), request);
        case "/api/sample":
          return await this.#sample(await request.json());
        case "/api/interpolate":
          return await this.#interpolate(await request.json(), request);
        case "/api/manifold":
          return await this.#manifold(await request.json());
        case "/api/encode":
          return await this.#encode(await request.blob());
        default:
          return problem(404, "A shared board runs without a server, which this needs");
      }
    } catch (error) {
      return problem(422, error instanceof Error ? error.message : String(error));
    }
  }

  async #decode({ z, columns }: DecodeRequest, request: Request): Promise<Response> {
    const latents = isBatch(z) ? z : [z];
    const bitmaps = await this.#bitmaps(latents, request.signal);
    if (request.headers.get("accept")?.includes("image/png") !== true) return Response.json(this.#decoded(bitmaps));
    if (latents.length > 1) return file(tiled(bitmaps, columns), "image/png");
    const { name, decoderSha256 } = this.#board.model;
    const text = writeRecipe({ model: name, decoderSha256, z: Float32Array.from(latents[0]!) });
    return file(encodePng(bitmaps[0]!, { text, level: 9 }), "image/png");
  }

  async #sample(request: SampleRequest): Promise<Response> {
    const { seed, count = 1, first = 0, temperature = 1, sampler = "prior" } = request;
    if (!this.#fitted.has(sampler)) this.#fitted.set(sampler, SAMPLERS[sampler].fit(this.#sampled));
    const distribution = await this.#fitted.get(sampler)!;
    const flat = await distribution.sample(seed, count, { first, temperature });
    const z = split(flat, this.#board.model.latentDim).map((latent) => Array.from(latent));
    return Response.json({ ...this.#decoded(await this.#bitmaps(z)), seed, z } satisfies SampleResponse);
  }

  async #interpolate(request: InterpolateRequest, { headers, signal }: Request): Promise<Response> {
    const { keys, method = "slerp", frames = Math.max(24, keys.length) } = request;
    const latents = split(interpolate(keys, frames, method), this.#board.model.latentDim);
    const type = headers.get("accept");
    if (type === "text/event-stream") return this.#strip(latents, signal);
    const { delayMs = 80, loop = true, scale = 1, columns } = request;
    const bitmaps = (await this.#bitmaps(latents, signal)).map((bitmap) => enlargeBitmap(bitmap, scale));
    if (type === "image/gif") return file(encodeGif(bitmaps, { delayMs, loop }), type);
    if (type === "image/png") return file(tiled(bitmaps, columns), type);
    return problem(406, "A shared board makes GIF and PNG files only");
  }

  /** A strip's frames as events, decoded as they are read. */
  #strip(latents: readonly ArrayLike<number>[], signal: AbortSignal): Response {
    const started = performance.now();
    const text = new TextEncoder();
    let seq = 0;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        const z = latents[seq];
        if (z === undefined) {
          controller.enqueue(text.encode(sse("done", { frames: seq } satisfies DoneEvent)));
          return controller.close();
        }
        const [bitmap] = await this.#bitmaps([z], signal);
        const frame: FrameEvent = {
          ...pixelImage(bitmap!),
          seq: seq++,
          model: this.#board.model.name,
          provider: PROVIDER,
          serverMs: performance.now() - started,
          dropped: 0,
        };
        controller.enqueue(text.encode(sse("frame", frame)));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  async #manifold({ z }: ManifoldRequest): Promise<Response> {
    const { model, testDistances } = this.#board;
    const active = model.dimensions.filter((dimension) => dimension.active).map(({ index }) => index);
    const pixels = await this.#model.decode(Float32Array.from(z), 1);
    const { mu } = await this.#model.encode(pixels);
    const distance = offManifoldDistance(z, mu, active);
    const response: ManifoldResponse = {
      model: model.name,
      distance,
      ...(testDistances && rankDistance(distance, testDistances)),
      mu: Array.from(mu),
    };
    return Response.json(response);
  }

  async #encode(picture: Blob): Promise<Response> {
    const fitted = await this.#fit(picture);
    const { mu, logvar } = await this.#model.encode(fitted);
    const pixels = await this.#model.decode(mu, 1);
    const recipe = recipeOf(new Uint8Array(await picture.arrayBuffer()));
    const { image, name } = this.#board.model;
    const response: EncodeResponse = {
      model: name,
      mu: Array.from(mu),
      logvar: Array.from(logvar),
      fitted: pixelImage({ ...image, data: fitted }),
      reconstruction: pixelImage({ ...image, data: pixels }),
      mse: fitted.reduce((sum, value, i) => sum + ((value - pixels[i]!) / 255) ** 2, 0) / fitted.length,
      ...(recipe === undefined ? {} : { recipe }),
    };
    return Response.json(response);
  }

  async #bitmaps(latents: readonly ArrayLike<number>[], signal?: AbortSignal): Promise<Bitmap[]> {
    const { latentDim, image: { width, height, channels } } = this.#board.model;
    const z = new Float32Array(latents.length * latentDim);
    for (const [i, latent] of latents.entries()) z.set(latent, i * latentDim);
    const pixels = await this.#model.decode(z, latents.length, signal);
    const size = width * height * channels;
    return latents.map((_, i) => ({ width, height, channels, data: pixels.subarray(i * size, (i + 1) * size) }));
  }

  #decoded(bitmaps: readonly Bitmap[]): DecodeResponse {
    return { model: this.#board.model.name, provider: PROVIDER, images: bitmaps.map(pixelImage) };
  }
}

const PROVIDER = "wasm";
const SAMPLERS = { prior, gmm } as const;

function isBatch(z: DecodeRequest["z"]): z is readonly (readonly number[])[] {
  return Array.isArray(z[0]);
}

function split(flat: Float32Array, latentDim: number): Float32Array[] {
  return Array.from({ length: flat.length / latentDim }, (_, i) => flat.subarray(i * latentDim, (i + 1) * latentDim));
}

function tiled(bitmaps: readonly Bitmap[], columns: number = bitmaps.length): Uint8Array {
  return encodePng(tileBitmaps(bitmaps, { columns: Math.min(columns, bitmaps.length) }), { level: 6 });
}

function pixelImage({ width, height, channels, data }: Bitmap): PixelImage {
  let binary = "";
  for (let at = 0; at < data.length; at += 8192) binary += String.fromCharCode(...data.subarray(at, at + 8192));
  return { width, height, channels: channels === 1 ? 1 : 3, data: btoa(binary) };
}

function recipeOf(bytes: Uint8Array): EncodeResponse["recipe"] {
  try {
    const recipe = readRecipe(readPngText(bytes));
    return recipe && { ...recipe, z: Array.from(recipe.z) };
  } catch {
    return undefined; // a picture with a broken recipe is still a picture
  }
}

function sse(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function file(bytes: Uint8Array, type: string): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { "content-type": type } });
}

function problem(status: number, detail: string): Response {
  const body: Problem = { type: "about:blank", title: "Not possible here", status, detail };
  return Response.json(body, { status, headers: { "content-type": "application/problem+json" } });
}
