/**
 * Libraries that are fetched once by pip, checked, and unpacked.
 *
 * Each wheel has a folder of its own, which appears under its final name whole or not at all: a download that broke off
 * is never taken for a library, two processes can fill the cache at once, and what was fetched before a fault stays.
 */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { type TensorFlowWheel, VERSION } from "./platform.ts";
import type { System } from "./system.ts";
import type { Wheel } from "./wheel.ts";
import { extract } from "./zip.ts";

/** How far the download is. */
export interface LibraryProgress {
  /** A line for a person, such as `Fetching TensorFlow 2.21.0: 274 MB, 853 MB on disk`. */
  readonly message: string;
  /** Bytes done of what the message names. */
  readonly bytes: number;
  /** Bytes in all. */
  readonly total: number;
}

/** Called as the download goes on. */
export type ProgressReport = (progress: LibraryProgress) => void;

/** The cache could not be filled. The message says why. */
export class DownloadError extends Error {
  /** The name of this class. */
  override readonly name = "DownloadError";
}

type Command = readonly [string, ...string[]];

/** Ways to call pip, in the order they are tried. */
const PIP: readonly Command[] = [
  ["python3", "-m", "pip"],
  ["python", "-m", "pip"],
  ["py", "-m", "pip"],
  ["pip3"],
  ["pip"],
];

/** Which wheels pip is asked for, whatever Python it runs in. */
const PYTHON = ["--python-version", "3.12", "--implementation", "cp", "--abi", "cp312", "--abi", "none"];

const POLL_MS = 1000;

/** How the names of temporary folders begin. */
const STAGING = "filling-";

/** A temporary folder that nothing was added to for so long belongs to a process that was killed. */
const ABANDONED_MS = 24 * 3600 * 1000;

/** A bound on what unpacking needs beside the libraries themselves. */
const SPARE_BYTES = 100e6;

/** The folder of a wheel's files below the cache's folder. */
export function wheelFolder(cache: string, { requirement }: Wheel): string {
  return join(cache, requirement.replace("==", "-"));
}

/** The folder of libtensorflow below the cache's folder. */
export function cacheFolder(cache: string, { tag, cuda }: TensorFlowWheel): string {
  return join(cache, `${VERSION}-${cuda ? "cuda" : "cpu"}-${tag}`);
}

/** What is fetched. */
export interface WheelFetch {
  /** The wheel. */
  readonly wheel: Wheel;
  /** The folder that its files lie in afterwards. */
  readonly folder: string;
}

/** What to fetch, and where. */
export interface FetchOptions {
  /** What it is, for people: `TensorFlow 2.21.0`. */
  readonly what: string;
  /** The cache's folder, created where it is missing. */
  readonly cache: string;
  /** The wheels; those whose folder is there are left out. */
  readonly wheels: readonly WheelFetch[];
  /** Called as the download goes on; the first call names the size. */
  readonly report?: ProgressReport | undefined;
  /** Stops the download. */
  readonly signal?: AbortSignal | undefined;
}

/** The wheels of libtensorflow and of CUDA beside it, each with its folder. */
export function tensorFlowFetches(cache: string, wheel: TensorFlowWheel): WheelFetch[] {
  const cuda = (wheel.cuda ?? []).map((part) => ({ wheel: part, folder: wheelFolder(cache, part) }));
  return [{ wheel, folder: cacheFolder(cache, wheel) }, ...cuda];
}

/** The wheels whose folder is missing. */
export async function missingWheels(wheels: readonly WheelFetch[], system: System): Promise<WheelFetch[]> {
  const there = await Promise.all(wheels.map(({ folder }) => system.exists(folder)));
  return wheels.filter((_, i) => !there[i]);
}

/** What fetching works with. */
interface Job {
  readonly system: System;
  /** How to call pip. */
  readonly pip: Command;
  /** The folder for everything temporary. */
  readonly staging: string;
  /** Called with the bytes that were fetched of the wheel at hand. */
  readonly fetched: (bytes: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Fetches wheels and puts their files into the cache, one wheel after the other.
 *
 * @throws {DownloadError} there is no pip, it fails, the disk is too small, or a wheel is not the pinned one; what was
 * fetched before that stays
 */
export async function fetchWheels(
  { what, cache, wheels, report = () => {}, signal }: FetchOptions,
  system: System,
): Promise<void> {
  const missing = await missingWheels(wheels, system);
  if (missing.length === 0) return;
  await Deno.mkdir(cache, { recursive: true });
  const { total, onDisk, needed } = sizesOf(missing.map(({ wheel }) => wheel));
  const free = await system.freeBytes(cache);
  if (free !== undefined && free < needed) {
    throw new DownloadError(
      `Cannot fetch ${what}: it needs ${megabytes(needed)} of disk and ${megabytes(free)} are free below ${cache}; ` +
        "make room, or name a folder on a larger disk with --home",
    );
  }
  const message = `Fetching ${what}: ${megabytes(total)}, ${megabytes(onDisk)} on disk`;
  report({ message, bytes: 0, total });
  await removeAbandoned(cache);
  const staging = await Deno.makeTempDir({ dir: cache, prefix: STAGING });
  try {
    const pip = await findPip(system);
    let done = 0;
    for (const fetch of missing) {
      const { bytes } = fetch.wheel;
      const fetched = (part: number) => report({ message, bytes: done + Math.min(part, bytes), total });
      await fetchWheel(fetch, { system, pip, staging, fetched, signal });
      signal?.throwIfAborted();
      done += bytes;
      report({ message, bytes: done, total });
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof DownloadError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DownloadError(`Cannot fill ${cache}: ${reason}`, { cause });
  } finally {
    await Deno.remove(staging, { recursive: true }).catch(() => {});
  }
}

/** Bytes of some wheels: to fetch, on disk afterwards, and at most while they are unpacked one by one. */
export function sizesOf(wheels: readonly Wheel[]): { total: number; onDisk: number; needed: number } {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const onDisk = sum(wheels.map(unpackedBytes));
  const largest = Math.max(0, ...wheels.map(({ bytes }) => bytes));
  return { total: sum(wheels.map(({ bytes }) => bytes)), onDisk, needed: onDisk + largest + SPARE_BYTES };
}

async function fetchWheel({ wheel, folder }: WheelFetch, job: Job): Promise<void> {
  const file = await download(wheel, job);
  await verify(file, wheel);
  const unpacked = await Deno.makeTempDir({ dir: job.staging, prefix: "library-" });
  await unpack(file, wheel, unpacked);
  await Deno.remove(file);
  await publish(unpacked, folder);
}

async function removeAbandoned(cache: string): Promise<void> {
  for await (const { name } of Deno.readDir(cache)) {
    const { mtime } = await Deno.stat(join(cache, name)).catch(() => ({ mtime: null }));
    if (!name.startsWith(STAGING) || mtime === null || Date.now() - mtime.getTime() < ABANDONED_MS) continue;
    await Deno.remove(join(cache, name), { recursive: true }).catch(() => {});
  }
}

async function findPip(system: System): Promise<Command> {
  for (const pip of PIP) {
    const [command, ...args] = pip;
    if ((await system.run(command, [...args, "--version"])).ok) return pip;
  }
  throw new DownloadError(
    "Cannot fetch TensorFlow: pip is not installed; install Python with pip, or TensorFlow itself",
  );
}

/** Downloads a wheel into a folder of its own, and returns its path. */
async function download(wheel: Wheel, { pip, staging, system, fetched, signal }: Job): Promise<string> {
  const folder = await Deno.makeTempDir({ dir: staging, prefix: "wheels-" });
  fetched(0);
  const timer = setInterval(async () => fetched(await folderBytes(staging, system)), POLL_MS);
  const { requirement, tag } = wheel;
  const options = ["--quiet", "--no-cache-dir", "--no-deps", "--only-binary=:all:", ...PYTHON, "--platform", tag];
  const [command, ...args] = pip;
  try {
    const { ok, problem } = await system.run(
      command,
      [...args, "download", ...options, "--dest", folder, requirement],
      // pip from 25.1 on resumes a connection that breaks; an older one passes over the setting
      { TMPDIR: staging, TEMP: staging, PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_RESUME_RETRIES: "10" },
      signal,
    );
    const [file] = await system.find(folder, /\.whl$/);
    if (ok && file !== undefined) return file;
    throw new DownloadError(`Cannot fetch ${requirement}: pip says ${problem || "nothing, and leaves no wheel"}`);
  } finally {
    clearInterval(timer);
  }
}

async function verify(file: string, { sha256 }: Wheel): Promise<void> {
  const hash = createHash("sha256");
  for await (const chunk of (await Deno.open(file)).readable) hash.update(chunk);
  const found = hash.digest("hex");
  if (found === sha256) return;
  throw new DownloadError(
    `Cannot use ${basename(file)}: its SHA-256 is ${found} and should be ${sha256}; ` +
      "fetch it again, or install TensorFlow yourself",
  );
}

async function unpack(file: string, { members }: Wheel, folder: string): Promise<void> {
  const targetOf = (member: string) => member in members ? join(folder, basename(member)) : undefined;
  const extracted = await extract(file, targetOf);
  if (extracted.length === Object.keys(members).length) return;
  throw new DownloadError(`Cannot use ${basename(file)}: it lacks ${Object.keys(members).join(" or ")}`);
}

/** Renames the finished folder. A faster process has put the same there. */
async function publish(library: string, target: string): Promise<void> {
  try {
    await Deno.rename(library, target);
  } catch (error) {
    if (!await Deno.stat(target).then(() => true, () => false)) throw error;
  }
}

async function folderBytes(folder: string, system: System): Promise<number> {
  const files = await system.find(folder, /./);
  const sizes = await Promise.all(files.map((file) => Deno.stat(file).then(({ size }) => size, () => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function unpackedBytes({ members }: Wheel): number {
  return Object.values(members).reduce((sum, bytes) => sum + bytes, 0);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString("en")} MB`;
}
