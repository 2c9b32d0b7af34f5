// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** Which of a lock's packages are not in Deno's cache yet, found without loading any of them, and how they are fetched. */
import { join } from "node:path";
import { LatentboardError } from "../../errors.ts";

interface Lock {
  /** What the sources ask for, such as `npm:zod@4.6.7`, with the version that was chosen. */
  readonly specifiers?: Readonly<Record<string, string>>;
}

/** What to fetch. */
export interface PackageFetch {
  /** The lock, which names every version. */
  readonly lock: string;
  /** Modules whose packages the lock holds. */
  readonly entrypoints: readonly string[];
  /** The sentence that is said before the fetching. */
  readonly announce: (missing: readonly string[]) => string;
}

/**
 * Fetches what is missing of a lock's packages, with Deno's own progress; says nothing where nothing is missing.
 *
 * @throws {LatentboardError} kind `unavailable` when a package can't be fetched
 */
export async function fetchPackages({ lock, entrypoints, announce }: PackageFetch): Promise<void> {
  const missing = await missingPackages(lock);
  if (missing.length === 0) return;
  console.log(announce(missing));
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["install", `--lock=${lock}`, "--entrypoint", ...entrypoints],
    stdin: "null",
  }).spawn().status;
  if (success) return;
  throw new LatentboardError(
    "unavailable",
    "Some packages could not be fetched: look at the lines above, check the network, and try again",
  );
}

/**
 * Looks for the packages that a lock's sources ask for in Deno's cache. What those packages need in turn comes and goes
 * with them, and differs by system, so it is not looked for.
 *
 * @param lockFile the lock, as Deno wrote it
 * @param npmCache the folder of cached npm packages; asked of Deno where not given
 * @returns `name@version` of each that is missing
 */
export async function missingPackages(lockFile: string, npmCache?: string): Promise<string[]> {
  const { specifiers = {} } = JSON.parse(await Deno.readTextFile(lockFile)) as Lock;
  const registries = await listRegistries(npmCache);
  const missing: string[] = [];
  for (const [specifier, chosen] of Object.entries(specifiers)) {
    if (!specifier.startsWith("npm:")) continue;
    const name = specifier.slice("npm:".length, specifier.indexOf("@", "npm:".length + 1));
    const version = chosen.split("_")[0]!; // what follows names the peers that it was resolved with
    if (await findPackage(registries, name, version) === undefined) missing.push(`${name}@${version}`);
  }
  return missing;
}

/**
 * The folder of a package in Deno's cache.
 *
 * @throws {LatentboardError} `unavailable` when it was not fetched
 */
export async function packageFolder(name: string, version: string): Promise<string> {
  const folder = await findPackage(await listRegistries(), name, version);
  if (folder !== undefined) return folder;
  throw new LatentboardError(
    "unavailable",
    `${name} ${version} is not in Deno's cache: check the network and try again`,
  );
}

/** The folders of Deno's cache that hold packages: one per registry. */
export async function listRegistries(npmCache?: string): Promise<string[]> {
  const cache = npmCache ?? await findNpmCache();
  const registries: string[] = [];
  try {
    for await (const entry of Deno.readDir(cache)) if (entry.isDirectory) registries.push(join(cache, entry.name));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return registries;
}

async function findPackage(registries: readonly string[], name: string, version: string): Promise<string | undefined> {
  for (const registry of registries) {
    const folder = join(registry, name, version);
    if (await isFolder(folder)) return folder;
  }
  return undefined;
}

async function findNpmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], stderr: "null" }).output();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { npmCache: string }).npmCache;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
