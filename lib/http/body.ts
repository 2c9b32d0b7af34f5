/** Reads request bodies: of the expected media type, limited in size while they stream, and in time. */
import { Buffer } from "node:buffer";
import { LatentboardError } from "../errors.ts";
import { MAX_JSON_BYTES, MAX_MODEL_ZIP_BYTES, MAX_PICTURE_BYTES } from "../protocol.ts";
import { parseJson } from "../system/json.ts";
import type { Schema } from "./schema.ts";

const TIMEOUT_MS = 30_000;
/** Fields of a form. */
const MAX_PARTS = 16;
/** {@linkcode MAX_MODEL_ZIP_BYTES} over a slow network. */
const ARCHIVE_TIMEOUT_MS = 300_000;

/**
 * Reads a whole body.
 *
 * @param options `limit` in bytes, `timeout` in milliseconds (30,000 by default)
 * @throws {LatentboardError} `too-large` as soon as more than `limit` bytes are declared or have come; `invalid` when
 * the body is missing, breaks off or takes too long
 */
export async function readBytes(
  request: Request,
  options: { readonly limit: number; readonly timeout?: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const { limit, timeout = TIMEOUT_MS } = options;
  if (Number(request.headers.get("content-length") ?? 0) > limit) {
    await request.body?.cancel();
    throw tooLarge(limit);
  }
  const reader = request.body?.getReader();
  if (reader === undefined) throw invalid("The body is missing");

  const chunks: Uint8Array[] = [];
  let length = 0;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {}); // ends the read below
  }, timeout);
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.byteLength;
      if (length > limit) {
        reader.cancel().catch(() => {}); // the response must not wait for a client that keeps sending
        throw tooLarge(limit);
      }
      chunks.push(value);
    }
  } catch (cause) {
    if (cause instanceof LatentboardError) throw cause;
    throw invalid("The body broke off: send it again", cause);
  } finally {
    clearTimeout(timer);
  }
  if (late) throw invalid(`The body took longer than ${timeout / 1000} s: send it again`);
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * Reads a JSON body.
 *
 * @throws {LatentboardError} `unsupported` for another Content-Type, `too-large`, or `invalid`
 */
export async function readJson<T>(request: Request, schema: Schema<T>, limit: number = MAX_JSON_BYTES): Promise<T> {
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(mediaType(request))) {
    return await refuseMediaType(request, "The body must be JSON: send it with Content-Type application/json");
  }
  const bytes = await readBytes(request, { limit });
  let value: unknown;
  try {
    value = parseJson(bytes);
  } catch (cause) {
    readNotANumber(bytes, schema);
    throw invalid(`The body is not JSON: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
  return schema.parse(value);
}

/** Some clients write NaN and Infinity, which JSON doesn't have: the schema can name the field where they stand. */
function readNotANumber<T>(bytes: Uint8Array, schema: Schema<T>): void {
  const text = new TextDecoder().decode(bytes);
  const withNull = text.replace(/-?\b(?:NaN|Infinity)\b/g, "null");
  if (withNull === text) return;
  let value: unknown;
  try {
    value = parseJson(new TextEncoder().encode(withNull));
  } catch {
    return; // broken in other ways too, as the first error says
  }
  schema.parse(value);
}

/**
 * Reads an uploaded picture: the body itself, or the only file of a form. Declared types and names are not trusted: the
 * format is found out from the bytes.
 *
 * @throws {LatentboardError} `too-large`, `unsupported` for a body that is neither, or `invalid`
 */
export async function readPicture(
  request: Request,
  limit: number = MAX_PICTURE_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  const type = mediaType(request);
  const isForm = type === "multipart/form-data";
  if (!isForm && type !== "" && type !== "application/octet-stream" && !type.startsWith("image/")) {
    return await refuseMediaType(request, "The body must be a picture, or a form with one file");
  }
  const bytes = await readBytes(request, { limit });
  const picture = isForm ? await readFormFile(bytes, request.headers.get("content-type")!) : bytes;
  if (picture.byteLength === 0) throw invalid("The picture is empty");
  return picture;
}

/**
 * Reads an uploaded archive.
 *
 * @throws {LatentboardError} `unsupported` for a body of another type, `too-large`, or `invalid`
 */
export async function readModelArchive(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  if (!["application/zip", "application/x-zip-compressed", "application/octet-stream"].includes(mediaType(request))) {
    return await refuseMediaType(request, "The body must be a zip archive: send it with Content-Type application/zip");
  }
  return await readBytes(request, { limit: MAX_MODEL_ZIP_BYTES, timeout: ARCHIVE_TIMEOUT_MS });
}

async function readFormFile(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<Uint8Array<ArrayBuffer>> {
  if (countParts(bytes, type) > MAX_PARTS) throw invalid(`The form must hold at most ${MAX_PARTS} fields`);
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw invalid("The form can't be read: send the picture as the body itself", cause);
  }
  const files = [...form.values()].filter((value) => value instanceof File);
  if (files.length !== 1) throw invalid(`The form must hold one file: it holds ${files.length}`);
  return await files[0]!.bytes();
}

/** How many parts a form may hold; counted without parsing it, since each part of millions takes its time. */
function countParts(bytes: Uint8Array<ArrayBuffer>, type: string): number {
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1] ?? "";
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = 0; boundary !== "" && count <= MAX_PARTS + 1; count++) {
    const found = text.indexOf(`--${boundary}`, at);
    if (found === -1) break;
    at = found + 1;
  }
  return count - 1; // the last ends the form
}

/** A limit as people write it, such as `16 MiB`. */
export function formatBytes(bytes: number): string {
  return bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : `${bytes} bytes`;
}

function mediaType(request: Request): string {
  return (request.headers.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

async function refuseMediaType(request: Request, message: string): Promise<never> {
  await request.body?.cancel();
  throw new LatentboardError("unsupported", message, { field: "content-type" });
}

function tooLarge(limit: number): LatentboardError {
  return new LatentboardError("too-large", `The body must be at most ${formatBytes(limit)}`, { field: "body" });
}

function invalid(message: string, cause?: unknown): LatentboardError {
  return new LatentboardError("invalid", message, { field: "body", cause });
}
