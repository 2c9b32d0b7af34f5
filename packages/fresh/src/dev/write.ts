import { dirname, join, relative, sep } from "node:path";
import type { WrittenSnapshot } from "../internal.ts";
import type { Bundle } from "./bundle.ts";
import type { ResolvedBuildConfig } from "./config.ts";
import {
  contentType,
  lockStylesheet,
  sha256,
  type StaticSource,
} from "./files.ts";

/** Writes what serves a production build: scripts, snapshot and server entry. */
export async function writeBuild(
  config: ResolvedBuildConfig,
  bundle: Bundle,
  routes: { id: string; path: string; lazy: boolean }[],
  statics: StaticSource[],
): Promise<void> {
  const { outDir, root } = config;
  const written = join(outDir, "static");
  await remove(written);
  const files: WrittenSnapshot<unknown>["files"] = {};

  async function list(url: string, path: string, content: Uint8Array) {
    files[url] = {
      path: slashes(relative(root, path)),
      hash: await sha256(content),
      size: content.byteLength,
      contentType: contentType(url),
    };
  }
  async function write(url: string, content: Uint8Array) {
    const path = join(written, url);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, content);
    await list(url, path, content);
  }

  for (const file of statics) {
    const locked = lockStylesheet(file);
    if (locked === null) await list(file.url, file.path, file.content);
    else await write(file.url, new TextEncoder().encode(locked));
  }
  for (const [url, content] of bundle.scripts) await write(url, content);

  await Deno.mkdir(outDir, { recursive: true });
  const snapshot = snapshotModule(config, bundle, routes, files);
  await Deno.writeTextFile(join(outDir, "snapshot.js"), snapshot);
  await Deno.writeTextFile(join(outDir, "server.js"), serverModule(config));
}

function snapshotModule(
  { outDir }: ResolvedBuildConfig,
  { buildId, clientEntry, islands }: Bundle,
  routes: { id: string; path: string; lazy: boolean }[],
  files: WrittenSnapshot<unknown>["files"],
): string {
  const from = (path: string) => specifier(outDir, path);
  const eager = routes.filter(({ lazy }) => !lazy);
  return `// Written by the build: do not edit
${
    islands.map(({ path }, i) => `import * as island${i} from ${from(path)};`)
      .join("\n")
  }
${
    eager.map(({ path }, i) => `import * as route${i} from ${from(path)};`)
      .join("\n")
  }

export default {
  buildId: ${JSON.stringify(buildId)},
  clientEntry: ${JSON.stringify(clientEntry)},
  islands: [
${
    islands.map(({ name, chunk }, i) =>
      `    { name: ${JSON.stringify(name)}, chunk: ${
        JSON.stringify(chunk)
      }, mod: island${i} },`
    ).join("\n")
  }
  ],
  routes: [
${
    routes.map((route) => {
      const mod = route.lazy
        ? `() => import(${from(route.path)})`
        : `route${eager.indexOf(route)}`;
      return `    { id: ${JSON.stringify(route.id)}, mod: ${mod} },`;
    }).join("\n")
  }
  ],
  files: ${JSON.stringify(files, null, 2)},
};
`;
}

function serverModule({ outDir, root, serverEntry }: ResolvedBuildConfig) {
  const rootUrl = JSON.stringify(`${slashes(relative(outDir, root)) || "."}/`);
  return `// Written by the build: do not edit
import { serveBuild } from "fresh/internal";
import snapshot from "./snapshot.js";
import { app } from ${specifier(outDir, serverEntry)};

export default serveBuild(app, snapshot, new URL(${rootUrl}, import.meta.url));
`;
}

function specifier(outDir: string, path: string): string {
  const name = slashes(relative(outDir, path)).split("/")
    .map((part) => encodeURIComponent(part)).join("/");
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
