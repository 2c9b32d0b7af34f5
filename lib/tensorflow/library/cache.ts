/**
 * A copy of libtensorflow of our own: fetched once by pip, checked, and unpacked.
 *
 * The copy appears under its final name whole or not at all: a download that broke off is never taken for a library, and
 * two processes can fill the cache at once.
 */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { VERSION, type Wheel } from "./platform.ts";
import type { System } from "./system.ts";
import { extract, readText } from "./zip.ts";

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

/** The folder of a wheel's copy below the cache's folder. */
export function cacheFolder(cache: string, wheel: Wheel): string {
  return join(cache, `${VERSION}-${wheel.cuda ? "cuda" : "cpu"}-${wheel.tag}`);
}

/** What filling the cache works with. */
interface Job {
  readonly wheel: Wheel;
  readonly system: System;
  readonly report: ProgressReport;
  /** How to call pip. */
  readonly pip: Command;
  /** The folder for everything temporary. */
  readonly staging: string;
  /** The folder in it that becomes the copy. */
  readonly library: string;
}

/**
 * Fetches a wheel and puts its libraries into the cache.
 *
 * @param cache the cache's folder, created where it is missing
 * @throws {DownloadError} there is no pip, it fails, the disk is full, or the wheel is not the pinned one
 */
export async function fillCache(
  cache: string,
  wheel: Wheel,
  system: System,
  report: ProgressReport = () => {},
): Promise<void> {
  await Deno.mkdir(cache, { recursive: true });
  const staging = await Deno.makeTempDir({ dir: cache, prefix: "filling-" });
  try {
    const library = join(staging, "library");
    await Deno.mkdir(library);
    const job: Job = { wheel, system, report, pip: await findPip(system), staging, library };
    const file = await download(job);
    await verify(file, job);
    await unpack(file, job);
    if (wheel.cuda) await addCuda(file, job);
    await publish(library, cacheFolder(cache, wheel));
  } catch (cause) {
    if (cause instanceof DownloadError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DownloadError(`Cannot fill ${cache}: ${reason}`, { cause });
  } finally {
    await Deno.remove(staging, { recursive: true }).catch(() => {});
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

/** Downloads the wheel into a folder of its own, and returns its path. */
async function download(job: Job): Promise<string> {
  const { wheel, staging, system, report } = job;
  const message =
    `Fetching TensorFlow ${VERSION}: ${megabytes(wheel.bytes)}, ${megabytes(unpackedBytes(wheel))} on disk` +
    (wheel.cuda ? ", and CUDA's libraries beside it: about 2.5 GB more" : "");
  const progress = (bytes: number) => report({ message, bytes, total: wheel.bytes });
  progress(0);
  const timer = setInterval(
    async () => progress(Math.min(await folderBytes(staging, system), wheel.bytes)),
    POLL_MS,
  );
  try {
    return await downloadWheel(wheel.requirement, job);
  } finally {
    clearInterval(timer);
  }
}

/** Runs `pip download` for one requirement, and returns the path of its wheel. */
async function downloadWheel(requirement: string, { pip, wheel: { tag }, staging, system }: Job): Promise<string> {
  const folder = await Deno.makeTempDir({ dir: staging, prefix: "wheels-" });
  const tags = [tag, tag.replace(/^manylinux_2_\d+/, "manylinux2014"), tag.replace(/^manylinux_2_\d+/, "manylinux1")];
  const platforms = [...new Set(tags)].flatMap((name) => ["--platform", name]);
  const options = ["--quiet", "--no-cache-dir", "--no-deps", "--only-binary=:all:", ...PYTHON, ...platforms];
  const [command, ...args] = pip;
  const { ok, problem } = await system.run(
    command,
    [...args, "download", ...options, "--dest", folder, requirement],
    { TMPDIR: staging, TEMP: staging, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
  );
  const [file] = await system.find(folder, /\.whl$/);
  if (ok && file !== undefined) return file;
  throw new DownloadError(`Cannot fetch ${requirement}: pip says ${problem || "nothing, and leaves no wheel"}`);
}

async function verify(file: string, { wheel: { sha256, bytes: total }, report }: Job): Promise<void> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of (await Deno.open(file)).readable) {
    hash.update(chunk);
    bytes += chunk.length;
    report({ message: "Checking the download", bytes, total });
  }
  const found = hash.digest("hex");
  if (found === sha256) return;
  throw new DownloadError(
    `Cannot use ${basename(file)}: its SHA-256 is ${found} and should be ${sha256}; ` +
      "fetch it again, or install TensorFlow yourself",
  );
}

async function unpack(file: string, { wheel, library, report }: Job): Promise<void> {
  const { members } = wheel;
  let bytes = 0;
  const targetOf = (member: string) => member in members ? join(library, basename(member)) : undefined;
  const extracted = await extract(file, targetOf, (more) => {
    bytes += more;
    report({ message: "Unpacking TensorFlow", bytes, total: unpackedBytes(wheel) });
  });
  if (extracted.length === Object.keys(members).length) return;
  throw new DownloadError(`Cannot use ${basename(file)}: it lacks ${Object.keys(members).join(" or ")}`);
}

/** Fetches the CUDA wheels that TensorFlow's wheel names, and unpacks their libraries. */
async function addCuda(file: string, job: Job): Promise<void> {
  const metadata = await readText(file, (member) => member.endsWith(".dist-info/METADATA"));
  const requirements = cudaRequirements(metadata ?? "");
  const isLibrary = (member: string) => /^nvidia\/[^/]+\/lib\/[^/]+\.so[.\d]*$/.test(member);
  for (const [i, requirement] of requirements.entries()) {
    job.report({ message: `Fetching CUDA's libraries: ${requirement}`, bytes: i, total: requirements.length });
    const cudaWheel = await downloadWheel(requirement, job);
    const folder = join(job.library, "nvidia", String(i));
    await Deno.mkdir(folder, { recursive: true });
    await extract(cudaWheel, (member) => isLibrary(member) ? join(folder, basename(member)) : undefined);
    await Deno.remove(cudaWheel);
  }
}

/** The CUDA wheels in a wheel's METADATA: `Requires-Dist: nvidia-…; extra == "and-cuda"`. */
export function cudaRequirements(metadata: string): string[] {
  const pattern = /^Requires-Dist: (nvidia-[^;]+?)\s*;\s*extra == ['"]and-cuda['"]/gm;
  return Array.from(metadata.matchAll(pattern), ([, requirement]) => requirement!);
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
  return `${Math.round(bytes / 1e6)} MB`;
}
