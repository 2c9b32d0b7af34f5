/** Which of a lock's packages are not in Deno's cache yet, told without loading any of them. */
import { join } from "node:path";

interface Lock {
  /** What the sources ask for, such as `npm:zod@4.6.7`, with the version that was chosen. */
  readonly specifiers?: Readonly<Record<string, string>>;
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
  const cache = npmCache ?? await findNpmCache();
  const registries: string[] = [];
  try {
    for await (const entry of Deno.readDir(cache)) if (entry.isDirectory) registries.push(join(cache, entry.name));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const missing: string[] = [];
  for (const [specifier, chosen] of Object.entries(specifiers)) {
    if (!specifier.startsWith("npm:")) continue;
    const name = specifier.slice("npm:".length, specifier.indexOf("@", "npm:".length + 1));
    const version = chosen.split("_")[0]!; // what follows names the peers that it was resolved with
    const found = await Promise.all(registries.map((registry) => isFolder(join(registry, name, version))));
    if (!found.includes(true)) missing.push(`${name}@${version}`);
  }
  return missing;
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
