/** Reads request bodies: capped while they stream, in bounded time, of the types that are expected. */
import { LatentboardError } from "../errors.ts";
import { MAX_JSON_BYTES, MAX_PICTURE_BYTES } from "../protocol.ts";
import type { Shape } from "./schema.ts";

/** How long a client may take to send a body, milliseconds. */
const BODY_TIMEOUT = 30_000;

/** What {@linkcode readBytes} may be told. */
export interface ReadOptions {
  /** The most bytes that are read. */
  readonly limit: number;
  /** Milliseconds that the client may take; 30,000 by default. */
  readonly timeout?: number;
}

/**
 * Reads a whole body.
 *
 * @throws {LatentboardError} `too-large` as soon as more than `limit` bytes are declared or have come; `invalid` when
 * the body is missing, breaks off or takes too long
 */
export async function readBytes(request: Request, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { limit, timeout = BODY_TIMEOUT } = options;
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limit) {
    await request.body?.cancel();
    throw tooLarge(limit);
  }
  const reader = request.body?.getReader();
  if (reader === undefined) throw new LatentboardError("invalid", "The body is missing", { field: "body" });

  const chunks: Uint8Array[] = [];
  let length = 0;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {}); // the read below ends then
  }, timeout);
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.byteLength;
      if (length > limit) {
        reader.cancel().catch(() => {}); // the answer must not wait for a client that keeps sending
        throw tooLarge(limit);
      }
      chunks.push(value);
    }
  } catch (cause) {
    if (cause instanceof LatentboardError) throw cause;
    throw new LatentboardError("invalid", "The body broke off: send it again", { field: "body", cause });
  } finally {
    clearTimeout(timer);
  }
  if (late) {
    throw new LatentboardError("invalid", `The body took longer than ${timeout / 1000} s: send it again`, {
      field: "body",
    });
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * Reads a JSON body of a shape.
 *
 * @param request its Content-Type must be JSON
 * @param shape what is expected; the error names the field that is not so
 * @throws {LatentboardError} `unsupported` for another type, `too-large`, or `invalid`
 */
export async function readJson<T>(request: Request, shape: Shape<T>, limit: number = MAX_JSON_BYTES): Promise<T> {
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(contentType(request))) {
    await request.body?.cancel();
    throw new LatentboardError("unsupported", "The body must be JSON: send it with Content-Type application/json", {
      field: "content-type",
    });
  }
  return parseJson(await readBytes(request, { limit }), shape);
}

function parseJson<T>(bytes: Uint8Array, shape: Shape<T>): T {
  let text = "";
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    readNotANumber(text, shape);
    const reason = cause instanceof SyntaxError ? cause.message : "it is not UTF-8";
    throw new LatentboardError("invalid", `The body is not JSON: ${reason}`, { field: "body", cause });
  }
  return shape.read(value);
}

/** Some clients write NaN and Infinity, which JSON has not: the shape can name the field where they stand. */
function readNotANumber<T>(text: string, shape: Shape<T>): void {
  const withNull = text.replace(/-?\b(?:NaN|Infinity)\b/g, "null");
  if (withNull === text) return;
  let value: unknown;
  try {
    value = JSON.parse(withNull);
  } catch {
    return; // broken in other ways too: the first error tells it
  }
  shape.read(value);
}

/**
 * Reads an uploaded picture: the bytes as the body itself, or the one file of a form.
 *
 * @returns the bytes as they came; what they are is told from the bytes, never from a name or a declared type
 * @throws {LatentboardError} `too-large`, `unsupported` for a body that is neither, or `invalid`
 */
export async function readPicture(
  request: Request,
  limit: number = MAX_PICTURE_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  const type = contentType(request);
  const isForm = type === "multipart/form-data";
  if (!isForm && type !== "" && type !== "application/octet-stream" && !type.startsWith("image/")) {
    await request.body?.cancel();
    throw new LatentboardError("unsupported", "The body must be a picture, or a form with one file", {
      field: "content-type",
    });
  }
  const bytes = await readBytes(request, { limit });
  const picture = isForm ? await fileOfForm(bytes, request.headers.get("content-type")!) : bytes;
  if (picture.byteLength === 0) throw new LatentboardError("invalid", "The picture is empty", { field: "body" });
  return picture;
}

async function fileOfForm(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<Uint8Array<ArrayBuffer>> {
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw new LatentboardError("invalid", "The form can't be read: send the picture as the body itself", {
      field: "body",
      cause,
    });
  }
  const files = [...form.values()].filter((value) => value instanceof File);
  if (files.length === 1) return new Uint8Array(await files[0]!.arrayBuffer());
  throw new LatentboardError("invalid", `The form must hold one file: it holds ${files.length}`, { field: "body" });
}

function contentType(request: Request): string {
  return (request.headers.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

function tooLarge(limit: number): LatentboardError {
  const most = limit >= 2 ** 20 ? `${limit / 2 ** 20} MiB` : `${limit} bytes`;
  return new LatentboardError("too-large", `The body must be at most ${most}`, { field: "body" });
}
