/**
 * Latentboard's own copy of libtensorflow: fetched once by pip, checked, and unpacked.
 *
 * The copy appears under its final name whole or not at all, so that a download that was broken off
 * is never taken for a library, and two processes can fill the cache at once.
 */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { VERSION, type Wheel } from "./platform.ts";
import type { System } from "./system.ts";
import { extract, readText } from "./zip.ts";

/** How far the download is. */
export interface LibraryProgress {
  /** What is being done. */
  readonly phase: "download" | "verify" | "unpack";
  /** A line for a person, such as `Fetching TensorFlow 2.21.0: 274 MB, 853 MB on disk`. */
  readonly message: string;
  /** Bytes done in this phase. */
  readonly bytes: number;
  /** Bytes in all. */
  readonly total: number;
}

/** The cache could not be filled. The message says why. */
export class DownloadError extends Error {
  /** The name of this class. */
  override readonly name = "DownloadError";
}

/** Called as the download goes on. */
export type ProgressReport = (progress: LibraryProgress) => void;

/** Ways to call pip, in the order they are tried. */
const PIP: readonly (readonly [string, ...string[]])[] = [
  ["python3", "-m", "pip"],
  ["python", "-m", "pip"],
  ["py", "-m", "pip"],
  ["pip3"],
  ["pip"],
];

/** Which wheels pip is asked for, whatever Python it runs in. */
const PYTHON = ["--python-version", "3.12", "--implementation", "cp", "--abi", "cp312", "--abi", "none"];

const MEGABYTE = 1e6;
const POLL_MS = 1000;

/** The folder of a wheel's copy below the cache's folder. */
export function cacheFolder(cache: string, wheel: Wheel): string {
  return join(cache, `${VERSION}-${wheel.cuda ? "cuda" : "cpu"}-${wheel.tag}`);
}

/**
 * Fetches a wheel and puts its libraries into the cache.
 *
 * @param cache the cache's folder, which is made where it is missing
 * @param wheel what to fetch
 * @param system the machine
 * @param report told how far it is
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
    const pip = await findPip(system);
    const file = await download(pip, wheel, staging, system, report);
    await verify(file, wheel, report);
    await unpack(file, wheel, library, report);
    if (wheel.cuda) await addCuda(pip, file, wheel, { staging, library }, system, report);
    await publish(library, cacheFolder(cache, wheel));
  } catch (cause) {
    if (cause instanceof DownloadError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DownloadError(`Cannot fill ${cache}: ${reason}`, { cause });
  } finally {
    await Deno.remove(staging, { recursive: true }).catch(() => {});
  }
}

async function findPip(system: System): Promise<readonly [string, ...string[]]> {
  for (const pip of PIP) {
    const [command, ...args] = pip;
    if ((await system.run(command, [...args, "--version"])).ok) return pip;
  }
  throw new DownloadError(
    "Cannot fetch TensorFlow: pip is not installed; install Python with pip, or TensorFlow itself",
  );
}

/** Has pip fetch the wheel into a folder of its own. Returns the wheel's path. */
async function download(
  pip: readonly [string, ...string[]],
  wheel: Wheel,
  staging: string,
  system: System,
  report: ProgressReport,
): Promise<string> {
  const unpacked = Object.values(wheel.members).reduce((sum, bytes) => sum + bytes, 0);
  const message = `Fetching TensorFlow ${VERSION}: ${megabytes(wheel.bytes)}, ${megabytes(unpacked)} on disk` +
    (wheel.cuda ? ", and CUDA's libraries beside it: about 2.5 GB more" : "");
  const progress = (bytes: number) => report({ phase: "download", message, bytes, total: wheel.bytes });
  progress(0);
  const timer = setInterval(async () => {
    const bytes = await folderBytes(staging, system);
    progress(Math.min(bytes, wheel.bytes));
  }, POLL_MS);
  try {
    const [file] = await runPip(pip, [wheel.requirement], wheel.tag, staging, system);
    return file!;
  } finally {
    clearInterval(timer);
  }
}

/** Runs `pip download` and returns the wheels it left. */
async function runPip(
  [command, ...args]: readonly [string, ...string[]],
  requirements: readonly string[],
  tag: string,
  staging: string,
  system: System,
): Promise<string[]> {
  const wheels = await Deno.makeTempDir({ dir: staging, prefix: "wheels-" });
  const tags = [tag, tag.replace(/^manylinux_2_\d+/, "manylinux2014"), tag.replace(/^manylinux_2_\d+/, "manylinux1")];
  const platforms = [...new Set(tags)].flatMap((name) => ["--platform", name]);
  const options = ["--quiet", "--no-cache-dir", "--no-deps", "--only-binary=:all:", ...PYTHON, ...platforms];
  const { ok, problem } = await system.run(
    command,
    [...args, "download", ...options, "--dest", wheels, ...requirements],
    { TMPDIR: staging, TEMP: staging, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
  );
  const files = await system.find(wheels, /\.whl$/);
  if (!ok || files.length < requirements.length) {
    throw new DownloadError(
      `Cannot fetch ${requirements.join(", ")}: pip says ${problem || "nothing, and leaves no wheel"}`,
    );
  }
  return files;
}

async function verify(file: string, { sha256, bytes: total }: Wheel, report: ProgressReport): Promise<void> {
  const hash = createHash("sha256");
  const message = "Checking the download";
  let bytes = 0;
  for await (const chunk of (await Deno.open(file)).readable) {
    hash.update(chunk);
    bytes += chunk.length;
    report({ phase: "verify", message, bytes, total });
  }
  const found = hash.digest("hex");
  if (found !== sha256) {
    throw new DownloadError(
      `Cannot use ${
        basename(file)
      }: its SHA-256 is ${found} and should be ${sha256}; fetch it again, or install TensorFlow yourself`,
    );
  }
}

async function unpack(file: string, { members }: Wheel, library: string, report: ProgressReport): Promise<void> {
  const total = Object.values(members).reduce((sum, bytes) => sum + bytes, 0);
  const message = "Unpacking TensorFlow";
  let bytes = 0;
  const targetOf = (member: string) => member in members ? join(library, basename(member)) : undefined;
  const written = await extract(file, targetOf, (more) => {
    bytes += more;
    report({ phase: "unpack", message, bytes, total });
  });
  if (written.length < Object.keys(members).length) {
    throw new DownloadError(
      `Cannot use ${basename(file)}: it lacks ${Object.keys(members).join(" or ")}`,
    );
  }
}

/** Fetches the CUDA wheels that TensorFlow's wheel names, and unpacks their libraries. */
async function addCuda(
  pip: readonly [string, ...string[]],
  file: string,
  wheel: Wheel,
  { staging, library }: { staging: string; library: string },
  system: System,
  report: ProgressReport,
): Promise<void> {
  const metadata = await readText(file, (member) => member.endsWith(".dist-info/METADATA"));
  const requirements = cudaRequirements(metadata ?? "");
  for (const [i, requirement] of requirements.entries()) {
    const message = `Fetching CUDA's libraries: ${requirement}`;
    report({ phase: "download", message, bytes: i, total: requirements.length });
    const [cudaWheel] = await runPip(pip, [requirement], wheel.tag, staging, system);
    const folder = join(library, "nvidia", String(i));
    await Deno.mkdir(folder, { recursive: true });
    const isLibrary = (member: string) => /^nvidia\/[^/]+\/lib\/[^/]+\.so[.\d]*$/.test(member);
    await extract(cudaWheel!, (member) => isLibrary(member) ? join(folder, basename(member)) : undefined);
    await Deno.remove(cudaWheel!);
  }
}

/** The CUDA wheels in a wheel's METADATA: `Requires-Dist: nvidia-…; extra == "and-cuda"`. */
export function cudaRequirements(metadata: string): string[] {
  const pattern = /^Requires-Dist: (nvidia-[^;]+?)\s*;\s*extra == ['"]and-cuda['"]/gm;
  return Array.from(metadata.matchAll(pattern), ([, requirement]) => requirement!);
}

/** Gives the finished folder its name. Another process that was faster has put the same there. */
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

function megabytes(bytes: number): string {
  return `${Math.round(bytes / MEGABYTE)} MB`;
}
