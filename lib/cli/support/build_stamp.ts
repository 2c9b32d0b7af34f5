/** Whether the built islands in `_fresh/` are those of the sources at hand. */
import { createHash } from "node:crypto";
import { join } from "node:path";

const STAMP = join("_fresh", "stamp");
const SOURCES = [
  "main.ts",
  "dev.ts",
  "deno.json",
  "serve.lock",
  "routes",
  "islands",
  "components",
  "static",
  "lib",
  "packages/fresh",
];

/** True when there is no build, or a source has changed since. */
export async function buildIsStale(): Promise<boolean> {
  try {
    return await Deno.readTextFile(STAMP) !== await digest();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

/** Remembers that `_fresh/` was built from the sources as they are now. */
export async function markBuilt(): Promise<void> {
  await Deno.writeTextFile(STAMP, await digest());
}

/** A digest of name, size and content of every source: dates alone would rebuild after each clone or checkout. */
async function digest(): Promise<string> {
  const hash = createHash("sha256").update(Deno.version.deno);
  for (const source of SOURCES) await add(source);
  return hash.digest("hex");

  async function add(path: string): Promise<void> {
    let info: Deno.FileInfo;
    try {
      info = await Deno.stat(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw error;
    }
    if (info.isDirectory) {
      const names: string[] = [];
      for await (const entry of Deno.readDir(path)) if (!entry.name.startsWith(".")) names.push(entry.name);
      for (const name of names.sort()) await add(join(path, name));
    } else {
      hash.update(`${path}\0${info.size}\0`).update(await Deno.readFile(path));
    }
  }
}
