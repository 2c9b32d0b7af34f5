/** Which of a lock's packages are not in Deno's cache yet, told without loading any of them. */
import { join } from "node:path";

interface Lock {
  readonly npm?: Record<string, { readonly os?: string[]; readonly cpu?: string[]; readonly scripts?: boolean }>;
}

/**
 * Looks for a lock's packages in Deno's cache.
 *
 * @param lockFile the lock, as Deno wrote it
 * @param npmCache the folder of cached npm packages; asked of Deno where not given
 * @returns `name@version` of each that is missing; packages for other systems do not count
 */
export async function missingPackages(lockFile: string, npmCache?: string): Promise<string[]> {
  const lock = JSON.parse(await Deno.readTextFile(lockFile)) as Lock;
  const cache = npmCache ?? await findNpmCache();
  const hosts: string[] = [];
  try {
    for await (const entry of Deno.readDir(cache)) if (entry.isDirectory) hosts.push(join(cache, entry.name));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const missing: string[] = [];
  for (const [key, about] of Object.entries(lock.npm ?? {})) {
    const forSomeSystems = about.os !== undefined || about.cpu !== undefined;
    if (forSomeSystems && about.scripts !== true) continue; // Deno picks among these by itself
    const { name, version } = splitKey(key);
    const found = await Promise.all(hosts.map((host) => isFolder(join(host, name, version))));
    if (!found.includes(true)) missing.push(`${name}@${version}`);
  }
  return missing;
}

/** `@scope/name@1.2.3_peer@4.5.6` names version 1.2.3 of `@scope/name`. */
function splitKey(key: string): { name: string; version: string } {
  const at = key.indexOf("@", 1);
  return { name: key.slice(0, at), version: key.slice(at + 1).split("_")[0]! };
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
