/** Files from public homes: gone on with after an interruption, and kept only when their checksum agrees. */
import { createHash } from "node:crypto";
import { LatentboardError } from "../errors.ts";
import type { DataProgress } from "./options.ts";

/** A file to download. */
export interface RemoteFile {
  readonly name: string;
  readonly bytes: number;
  /** Whether `bytes` is no more than a limit, since no home says how large it is. */
  readonly isLimit?: boolean;
  /** `sha256:…` or `md5:…`, of the file as it is sent. */
  readonly checksum: string;
}

/** What a download may need. */
export interface DownloadOptions {
  readonly onProgress?: ((progress: DataProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which an attempt is given up; a minute by default. */
  readonly stallMs?: number;
}

const ATTEMPTS = 4;
const STALL_MS = 60_000;

/**
 * Downloads a file. What arrives is kept in `<path>.part`; a later call asks for the rest alone.
 *
 * @param url where it is
 * @param path where it goes
 * @throws {LatentboardError} kind `unavailable` when it can't be had, `damaged` when its checksum differs
 */
export async function downloadFile(
  url: string,
  path: string,
  file: RemoteFile,
  options: DownloadOptions = {},
): Promise<void> {
  const part = `${path}.part`;
  let fault = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    options.signal?.throwIfAborted();
    try {
      await downloadRest(url, part, file, options);
      const found = await checksumOf(part, file.checksum);
      if (found === file.checksum) return await Deno.rename(part, path);
      await Deno.remove(part);
      fault = `it has the checksum ${found.slice(0, 19)}… instead of ${file.checksum.slice(0, 19)}…`;
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      if (error instanceof Refusal || !(error instanceof Error)) {
        throw unavailable(url, (error as Error).message, error);
      }
      fault = error.message;
    }
  }
  if (fault.startsWith("it has the checksum")) {
    throw new LatentboardError("damaged", `Cannot use ${url}: ${fault}; name a mirror with --from`);
  }
  throw unavailable(url, fault);
}

/** An answer that trying again will not change. */
class Refusal extends Error {}

function unavailable(url: string, why: string, cause?: unknown): LatentboardError {
  return new LatentboardError(
    "unavailable",
    `Cannot download ${url}: ${why}; try again later, which goes on where it was, or name a mirror with --from`,
    { cause },
  );
}

async function downloadRest(url: string, part: string, file: RemoteFile, options: DownloadOptions): Promise<void> {
  const have = await Deno.stat(part).then(({ size }) => size, () => 0);
  const stall = new AbortController();
  const stallMs = options.stallMs ?? STALL_MS;
  const stalled = () => stall.abort(new Error(`nothing came for ${Math.round(stallMs / 1000)} s`));
  let timer = setTimeout(stalled, stallMs);
  try {
    const signal = options.signal === undefined ? stall.signal : AbortSignal.any([options.signal, stall.signal]);
    const response = await fetch(url, { signal, headers: have > 0 ? { range: `bytes=${have}-` } : {} });
    if (response.status === 416) { // all of it is there, or more than all
      await response.body?.cancel();
      if (have === file.bytes || file.isLimit) return;
      await Deno.remove(part);
      throw new Error("the server has less of it than was kept");
    }
    const { body } = response;
    const type = response.headers.get("content-type") ?? "";
    if (!response.ok || body === null || type.startsWith("text/html")) {
      await body?.cancel();
      const why = response.ok ? "the server sent a web page" : `the server answered with status ${response.status}`;
      throw response.status >= 500 || response.status === 429 ? new Error(why) : new Refusal(why);
    }
    const goesOn = response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${have}-`);
    using output = await Deno.open(part, { write: true, create: true });
    let done = goesOn ? have : 0;
    await output.truncate(done);
    await output.seek(done, Deno.SeekMode.Start);
    for await (const chunk of body) {
      clearTimeout(timer);
      timer = setTimeout(stalled, stallMs);
      if ((done += chunk.length) > file.bytes) {
        await output.truncate(0);
        throw new Refusal(`it is longer than ${file.bytes} bytes`);
      }
      for (let at = 0; at < chunk.length;) at += await output.write(chunk.subarray(at));
      const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;
      options.onProgress?.({
        what: `downloading ${file.name}, megabytes`,
        done: megabytes(done),
        total: megabytes(file.bytes),
      });
    }
    if (done < file.bytes && !file.isLimit) throw new Error(`it ended after ${done} of ${file.bytes} bytes`);
  } finally {
    clearTimeout(timer);
  }
}

/** The checksum of a file, by the method that the expected one names. */
export async function checksumOf(path: string, expected: string): Promise<string> {
  const [method = "sha256"] = expected.split(":");
  const hash = createHash(method);
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return `${method}:${hash.digest("hex")}`;
}
