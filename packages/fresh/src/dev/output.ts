import { dirname, join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { RouteFile } from "../fs_routes.ts";
import type { Build, BuildFile } from "../snapshot.ts";
import type { Bundle } from "./bundle.ts";
import type { ResolvedBuildConfig } from "./config.ts";
import { describeFile, lockStylesheet, type StaticSource } from "./files.ts";

/** Everything that a build is made of. */
export interface Parts {
  /** The browser's side. */
  bundle: Bundle;
  /** The files of the routes folder. */
  routes: { id: string; path: string; lazy: boolean }[];
  /** The files of the static folder. */
  statics: StaticSource[];
}

/** Loads the parts into this process. */
export async function loadBuild<State>(parts: Parts): Promise<Build<State>> {
  const { buildId, clientEntry, islands } = parts.bundle;
  const load = async (path: string) => await import(pathToFileURL(path).href);
  const routes = parts.routes.map(async ({ id, path, lazy }): Promise<RouteFile<State>> => ({
    id,
    mod: lazy ? () => load(path) : await load(path),
  }));
  return {
    buildId,
    clientEntry,
    islands: await Promise.all(islands.map(async (island) => ({ ...island, mod: await load(island.path) }))),
    routes: await Promise.all(routes),
    files: await listFiles(parts, ({ bytes }) => Promise.resolve(bytes)),
  };
}

/** Writes what serves the parts: scripts, snapshot and server entry. */
export async function writeBuild({ outDir, root, serverEntry }: ResolvedBuildConfig, parts: Parts): Promise<void> {
  await remove(join(outDir, "static"));
  const below = (path: string) => slashes(relative(root, path));
  const files = await listFiles(parts, async ({ url, path, bytes }, isMade) => {
    if (!isMade) return below(path);
    const copy = join(outDir, "static", url);
    await Deno.mkdir(dirname(copy), { recursive: true });
    await Deno.writeFile(copy, bytes);
    return below(copy);
  });
  await Deno.mkdir(outDir, { recursive: true });
  await Deno.writeTextFile(join(outDir, "snapshot.js"), snapshotModule(outDir, parts, files));
  const rootUrl = JSON.stringify(`${slashes(relative(outDir, root)) || "."}/`);
  await Deno.writeTextFile(
    join(outDir, "server.js"),
    `// Written by the build: do not edit
import { serveBuild } from "fresh/internal";
import snapshot from "./snapshot.js";
import { app } from ${specifier(outDir, serverEntry)};

export default serveBuild(app, snapshot, new URL(${rootUrl}, import.meta.url));
`,
  );
}

/** Describes the files to be sent; `place` says where a file's content is. */
async function listFiles(
  { bundle, statics }: Parts,
  place: (file: StaticSource, isMade: boolean) => Promise<Uint8Array | string>,
): Promise<Record<string, BuildFile>> {
  const files: Record<string, BuildFile> = {};
  for (const file of statics) {
    const locked = lockStylesheet(file);
    const bytes = locked ?? file.bytes;
    files[file.url] = await describeFile(file.url, bytes, await place({ ...file, bytes }, locked !== null));
  }
  for (const [url, bytes] of bundle.scripts) {
    files[url] = await describeFile(url, bytes, await place({ url, path: "", bytes }, true));
  }
  return files;
}

function snapshotModule(outDir: string, { bundle, routes }: Parts, files: Record<string, BuildFile>): string {
  const { buildId, clientEntry, islands } = bundle;
  const imports: string[] = [];
  function importAs(name: string, path: string): string {
    imports.push(`import * as ${name} from ${specifier(outDir, path)};`);
    return name;
  }
  const islandItems = islands.map(({ name, chunk, path }, i) =>
    `{ name: ${JSON.stringify(name)}, chunk: ${JSON.stringify(chunk)}, mod: ${importAs(`island${i}`, path)} }`
  );
  const routeItems = routes.map(({ id, path, lazy }, i) => {
    const mod = lazy ? `() => import(${specifier(outDir, path)})` : importAs(`route${i}`, path);
    return `{ id: ${JSON.stringify(id)}, mod: ${mod} }`;
  });
  return `// Written by the build: do not edit
${imports.join("\n")}

export default {
  buildId: ${JSON.stringify(buildId)},
  clientEntry: ${JSON.stringify(clientEntry)},
  islands: [${islandItems.join(",\n    ")}],
  routes: [${routeItems.join(",\n    ")}],
  files: ${JSON.stringify(files, null, 2)},
};
`;
}

function specifier(outDir: string, path: string): string {
  const name = slashes(relative(outDir, path)).split("/").map((part) => encodeURIComponent(part)).join("/");
  return JSON.stringify(name.startsWith(".") ? name : `./${name}`);
}

function slashes(path: string): string {
  return path.split(sep).join("/");
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
