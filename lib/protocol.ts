/**
 * The requests and events that pass between the browser and the server. Types and small constants only: islands import
 * this file, so nothing here may pull in a package.
 */

/** The version of this protocol; `hello` carries it. */
export const PROTOCOL_VERSION = 1;

// The limits of the API. They stand here and nowhere else: schemas, /openapi.json, the board and the gallery read them.

/** Dimensions of a latent. */
export const MAX_LATENT_DIM = 4096;
/** Far beyond any latent, and far from float32's end, where a decoder would give NaN. */
export const MAX_LATENT_VALUE = 1e6;
/** Pictures that one request decodes or encodes. */
export const MAX_PICTURES = 256;
/** Pixels of them all: {@linkcode MAX_PICTURES} of 256 × 256 fit. */
export const MAX_DECODED_PIXELS: number = 2 ** 24;
/** Pictures in a row of a sheet. */
export const MAX_COLUMNS = 64;
/** Seeds are whole numbers from 0. */
export const MAX_SEED: number = Number.MAX_SAFE_INTEGER;
/** The number of the first sample of a request. */
export const MAX_FIRST_SAMPLE: number = 2 ** 31;
/** The factor that multiplies a sample's noise, from 0. */
export const MAX_TEMPERATURE = 10;
/** Key frames of an interpolation, on the board and in its links too. */
export const MIN_KEYS = 2;
export const MAX_KEYS = 32;
/** Frames of an interpolation. */
export const MIN_FRAMES = 2;
export const MAX_FRAMES = 240;
/** Milliseconds per frame of an animation. */
export const MIN_DELAY_MS = 10;
export const MAX_DELAY_MS = 1000;
/** The side of the square that a pixel becomes in an exported file. */
export const MAX_SCALE = 16;
/** Pixels of an exported file, all its frames together. */
export const MAX_EXPORT_PIXELS = 64_000_000;
/** Values that a dimension takes in a traversal. */
export const MIN_STEPS = 2;
export const MAX_STEPS = 64;
/** Tags per picture. */
export const MAX_TAGS = 16;
/** Characters per tag. */
export const MAX_TAG_LENGTH = 40;
/** A tag is one line without invisible characters. */
export const TAG_PATTERN: RegExp = new RegExp(`^[^\\p{C}\\p{Zl}\\p{Zp}]{1,${MAX_TAG_LENGTH}}$`, "u");
/** Pictures per page of the gallery. */
export const MAX_PAGE_SIZE = 200;
/** Pictures per page of the gallery where no number is given. */
export const DEFAULT_PAGE_SIZE = 48;
/** Pictures in an archive, or changed together. */
export const MAX_ZIP_PICTURES = 500;
/** How the gallery is sorted; the newest picture comes first among equals. */
export const GALLERY_ORDERS = ["newest", "oldest", "model", "rating"] as const;
/** `rating` lists starred pictures first. */
export type GalleryOrder = typeof GALLERY_ORDERS[number];
/** Characters of a search. */
export const MAX_SEARCH_LENGTH = 96;
/** Characters of an id, or of a name in an inference request. */
export const MAX_ID_LENGTH = 64;
/** Characters of a text that is only given back, such as a cursor. */
export const MAX_CURSOR_LENGTH = 200;
/** Bytes of a JSON body: {@linkcode MAX_PICTURES} latents of 512 numbers fit. */
export const MAX_JSON_BYTES: number = 4 * 2 ** 20;
/** Bytes of an uploaded picture. */
export const MAX_PICTURE_BYTES: number = 16 * 2 ** 20;
/** Bytes of an uploaded archive with a model. */
export const MAX_MODEL_ZIP_BYTES: number = 128 * 2 ** 20;
/** Bytes of all files of an uploaded model once unpacked. */
export const MAX_MODEL_BYTES: number = 256 * 2 ** 20;
/** How long a deletion can be undone, at least. */
export const UNDO_MS: number = 24 * 60 * 60 * 1000;
/** Characters of a model's title. */
export const MAX_TITLE_LENGTH = 80;
/** Bytes of an inference request: {@linkcode MAX_PICTURES} grey pictures of 128 × 128 fit. */
export const MAX_TENSOR_BYTES: number = 16 * 2 ** 20;
/** Numbers of an inference response: each takes some 10 bytes of JSON. */
export const MAX_TENSOR_NUMBERS = 4_000_000;
/** Event streams that are open at once. */
export const MAX_STREAMS = 128;
/** Windows that share a stream; beyond it the one that moved first is forgotten. */
export const MAX_WINDOWS = 64;

/** The execution providers of onnxruntime, in the order in which they are tried. */
export const PROVIDERS = ["cuda", "webgpu", "cpu"] as const;

/** One of {@linkcode PROVIDERS}. */
export type ProviderName = typeof PROVIDERS[number];

/** A picture as raw pixels. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  /** 1 is grey, 3 is red, green and blue. */
  readonly channels: 1 | 3;
  /** Base64 of `[height, width, channels]` bytes. */
  readonly data: string;
}

/** The first event of every stream. `streamId` is 128 random bits in hexadecimal; moves are posted to it. */
export interface HelloEvent {
  /** {@linkcode PROTOCOL_VERSION}. */
  readonly version: number;
  readonly streamId: string;
}

/** `POST /api/streams/<id>/move`: a slider has moved. The response is an empty 202; the frame comes down the stream. */
export interface MoveRequest {
  /** Grows by one with every move of a window; a frame carries the seq of its move. */
  readonly seq: number;
  /** Its name; or `run:<id>`, the newest snapshot of a run. */
  readonly model: string;
  /** One finite number per latent dimension. */
  readonly z: readonly number[];
  /** Which of the windows that share the stream it is for; a newer move replaces an older one of the same window. */
  readonly window?: string;
}

/** `event: frame`: a decoded picture. */
export interface FrameEvent extends PixelImage {
  /** Of its move. */
  readonly window?: string;
  /** Of its move. */
  readonly seq: number;
  readonly model: string;
  /** One of {@linkcode PROVIDERS}, or wasm on a static board. */
  readonly provider: string;
  /** Milliseconds from the move's arrival at the server to this frame's leaving. */
  readonly serverMs: number;
  /** Moves of this window dropped so far because a newer one came. */
  readonly dropped: number;
}

/** `event: problem`: an error in place of a frame, in the words of problem+json. */
export interface ProblemEvent {
  /** Of its move. */
  readonly window?: string;
  readonly seq: number;
  readonly title: string;
  readonly detail: string;
}

/** The body of an error response (RFC 9457, application/problem+json). */
export interface Problem {
  /** A URI for the kind of problem, or `about:blank`. */
  readonly type: string;
  /** The status in words. */
  readonly title: string;
  readonly status: number;
  /** What is wrong and what to do next. */
  readonly detail: string;
  /** The faulty field. */
  readonly field?: string;
}

/** An element of `GET /api/models`. */
export interface ModelSummary {
  /** Identifies it in requests. */
  readonly name: string;
  /** What a person reads. */
  readonly title: string;
  /** The dataset that it was trained on. */
  readonly dataset: string;
  readonly latentDim: number;
  /** In pixels; 1 channel is grey, 3 are red, green and blue. */
  readonly image: { readonly height: number; readonly width: number; readonly channels: 1 | 3 };
  /** On the test set, nats per picture; absent where it was not measured. */
  readonly negativeElbo?: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** What the board shows of a latent dimension, from the aggregate posterior of the test pictures. */
export interface LatentDimension {
  /** Its place in z, from 0. */
  readonly index: number;
  /** Mean KL divergence from the prior, nats. */
  readonly kl: number;
  /** Mean of mu. */
  readonly mean: number;
  /** Standard deviation of mu. */
  readonly standardDeviation: number;
  /** The slider's range: the 0.5 % and 99.5 % quantiles, widened to at least ±1. */
  readonly minimum: number;
  readonly maximum: number;
  /** False where the picture doesn't depend on it. */
  readonly active: boolean;
}

/** Means over one pass through some pictures, nats per picture. */
export interface EpochLosses {
  readonly loss: number;
  readonly reconstruction: number;
  readonly kl: number;
}

/** The losses of one epoch, as a model's history.json lists them. */
export interface HistoryEpoch {
  /** From 1. */
  readonly epoch: number;
  readonly train: EpochLosses;
  readonly validation: EpochLosses;
}

/** `PATCH /api/models/<name>`: what is given is changed. */
export interface ModelChange {
  /** What people read; one line. */
  readonly title?: string;
  /** What links, the API and commands call it; saved pictures follow. */
  readonly name?: string;
}

/** `GET /api/models/<name>`. */
export interface ModelDetail extends ModelSummary {
  /** In the model's own order. */
  readonly dimensions: readonly LatentDimension[];
  /** Classes with the mean of mu over each; empty where the data has no labels. */
  readonly labels: readonly { readonly name: string; readonly mean: readonly number[] }[];
  readonly decoderSha256: string;
  readonly provider: string;
  /** Nats per picture and the like. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** `POST /api/decode`. The response is {@linkcode DecodeResponse}, or a sheet for `Accept: image/png` or `image/webp`, which is lossy. */
export interface DecodeRequest {
  readonly model: string;
  /** One latent, or up to {@linkcode MAX_PICTURES}. */
  readonly z: readonly number[] | readonly (readonly number[])[];
  /** Of a sheet: pictures per row; all in one row by default. */
  readonly columns?: number;
}

/** Decoded pictures, in the order of their latents. */
export interface DecodeResponse {
  readonly model: string;
  readonly provider: string;
  readonly images: readonly PixelImage[];
}

/** `POST /api/encode?model=<name>`, whose body is a PNG, JPEG or WebP: where the picture lies in latent space. */
export interface EncodeResponse {
  readonly model: string;
  /** The posterior's mean. */
  readonly mu: readonly number[];
  /** Logarithm of the posterior's variance. */
  readonly logvar: readonly number[];
  /** The picture as it was fitted to the model. */
  readonly fitted: PixelImage;
  /** mu decoded. */
  readonly reconstruction: PixelImage;
  /** Mean squared error between the two, pixels 0 to 1. */
  readonly mse: number;
  /** What a picture that Latentboard saved carries: it restores the sliders exactly. Its model may be another one. */
  readonly recipe?: SampleOrigin & {
    readonly model: string;
    readonly decoderSha256: string;
    readonly z: readonly number[];
  };
}

/** How key frames are joined. */
export type InterpolationMethod = "lerp" | "slerp";

/**
 * `POST /api/interpolate`. The response is an event stream of `frame` events, seq from 0, and one `done`; or a file for
 * `Accept: image/gif`, `image/webp` or `image/png` (a sheet).
 */
export interface InterpolateRequest {
  readonly model: string;
  /** Each is one of the frames. */
  readonly keys: readonly (readonly number[])[];
  /** `slerp` by default. */
  readonly method?: InterpolationMethod;
  /** At least as many as there are keys; 24 by default. */
  readonly frames?: number;
  /** Of an animation: milliseconds per frame; 80 by default. */
  readonly delayMs?: number;
  /** Of an animation: whether it repeats; true by default. */
  readonly loop?: boolean;
  /** Of a file: every pixel becomes a square of this side; 1 by default. */
  readonly scale?: number;
  /** Of a sheet: pictures per row; all in one row by default. */
  readonly columns?: number;
}

/** `event: done`: the last one of an interpolation. */
export interface DoneEvent {
  /** How many were sent. */
  readonly frames: number;
}

/** Where latents are drawn from: the prior, or a Gaussian mixture fitted to where the model put its pictures. */
export const SAMPLER_NAMES = ["prior", "gmm"] as const;

/** One of {@linkcode SAMPLER_NAMES}. */
export type SamplerName = typeof SAMPLER_NAMES[number];

/** How a latent was drawn, if it is a sample: all three draw it again. */
export interface SampleOrigin {
  readonly seed?: number;
  /** 1 by default. */
  readonly temperature?: number;
  /** `prior` by default. */
  readonly sampler?: SamplerName;
}

/** `POST /api/sample`. The response is {@linkcode SampleResponse}, or a PNG sheet for `Accept: image/png`. */
export interface SampleRequest {
  readonly model: string;
  /** The same seed gives the same samples, here and in every browser. */
  readonly seed: number;
  /** 1 by default. */
  readonly count?: number;
  /** The number of the first sample; 0 by default. */
  readonly first?: number;
  /** Multiplies the noise; 1 by default. */
  readonly temperature?: number;
  /** `prior` by default; `gmm` takes a model that came with its map. */
  readonly sampler?: SamplerName;
  /** Of a sheet: pictures per row; all in one row by default. */
  readonly columns?: number;
}

/** Samples and their pictures, in the same order. */
export interface SampleResponse extends DecodeResponse {
  readonly seed: number;
  readonly z: readonly (readonly number[])[];
}

/**
 * `POST /api/traverse`: what chosen dimensions do to a picture. The response is {@linkcode TraverseResponse}, or a PNG
 * sheet, a row per dimension, for `Accept: image/png`.
 */
export interface TraverseRequest {
  readonly model: string;
  /** Where the traversal passes; the origin by default. */
  readonly z?: readonly number[];
  /** By index; all by default. */
  readonly dimensions?: readonly number[];
  /** Values that each dimension takes; evenly over its slider's range by default. */
  readonly values?: readonly number[];
  /** How many values where they are not given; 7 by default. */
  readonly steps?: number;
}

/** One dimension's traversal: `images[i]` is the picture at `values[i]`. */
export interface TraverseRow {
  readonly dimension: number;
  readonly values: readonly number[];
  readonly images: readonly PixelImage[];
}

/** The traversals, in the order that was asked for. */
export interface TraverseResponse {
  readonly model: string;
  readonly provider: string;
  readonly rows: readonly TraverseRow[];
}

/** `POST /api/manifold`: how far decode → encode lands from where it began. */
export interface ManifoldRequest {
  readonly model: string;
  readonly z: readonly number[];
}

/** How far a latent lies off the manifold of pictures that the model knows. */
export interface ManifoldResponse {
  readonly model: string;
  /** Root mean square of `mu - z` over the active dimensions, in prior standard deviations. */
  readonly distance: number;
  /** What 99 of 100 test pictures stay below; absent for a model without a map of them. */
  readonly typical?: number;
  /** The share of the test pictures with a smaller distance, 0 to 1; absent as `typical` is. */
  readonly percentile?: number;
  /** Where the encoder puts the decoded picture. */
  readonly mu: readonly number[];
}

/** `POST /api/save`: decodes z and keeps the picture in the gallery. */
export interface SaveRequest extends SampleOrigin {
  readonly model: string;
  readonly z: readonly number[];
  readonly tags?: readonly string[];
}

/** A saved picture. */
export interface SavedPicture extends SampleOrigin {
  /** 32 hexadecimal digits, random. */
  readonly id: string;
  readonly model: string;
  /** SHA-256 of the decoder.onnx that made it. */
  readonly decoderSha256: string;
  /** The exact latent, float32. */
  readonly z: readonly number[];
  /** In alphabetical order. */
  readonly tags: readonly string[];
  readonly starred: boolean;
  readonly width: number;
  readonly height: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Where its PNG is served: `/api/gallery/<id>/picture.png`. */
  readonly url: string;
}

/** `GET /api/gallery`: `?model`, `?tag`, `?starred`, `?order=newest|oldest`, `?limit`, `?cursor`. */
export interface GalleryPage {
  readonly pictures: readonly SavedPicture[];
  /** Pictures that the query matches on all pages together. */
  readonly total: number;
  /** The `cursor` of the next page; absent on the last one. */
  readonly next?: string;
}

/** `PATCH /api/gallery/<id>`: what is given is changed; `tags` replaces all tags. */
export interface GalleryChange {
  readonly starred?: boolean;
  readonly tags?: readonly string[];
}

/** `POST /api/gallery/change`: changes many pictures, all or none of them. */
export interface GalleryBulkChange {
  readonly ids: readonly string[];
  readonly starred?: boolean;
  readonly addTags?: readonly string[];
  readonly removeTags?: readonly string[];
  /** Deletes the pictures, or restores them. */
  readonly deleted?: boolean;
}

/** How many pictures were changed. */
export interface GalleryBulkChanged {
  readonly changed: number;
}

/** `POST /api/gallery/zip`: the response is an archive of the pictures' PNG files. */
export interface ZipRequest {
  readonly ids: readonly string[];
}

/** A model that can't be used. */
export interface FaultyModel {
  /** Of its folder. */
  readonly name: string;
  /** What is wrong and what to do next. */
  readonly reason: string;
}

/** `GET /api/status`: what the server runs on. */
export interface ServerStatus {
  /** Of Latentboard. */
  readonly version: string;
  /** In use; absent where none can be had. */
  readonly provider?: ProviderName;
  /** Milliseconds of one decode in the provider's timed trial; absent before there was one. */
  readonly decodeMs?: number;
  /** Why the other providers are not in use. */
  readonly rejected: readonly { readonly name: ProviderName; readonly reason: string }[];
  /** Models in memory. */
  readonly loaded: readonly string[];
  /** Folders of models that can't be used. */
  readonly faulty: readonly FaultyModel[];
  /** Open event streams. */
  readonly streams: number;
}
