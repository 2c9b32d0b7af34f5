import { dirname, join } from "node:path";
import { type BuildFile, FILES_FOLDER } from "../build.ts";
import { isSpecialFile } from "../fs_routes.ts";
import type { Bundle } from "./bundle.ts";
import { pathBelow } from "./files.ts";

/** Everything that a build is made of; `files` by decoded URL path. */
export interface Parts extends Omit<Bundle, "scripts"> {
  routes: Map<string, string>;
  files: Record<string, Required<BuildFile>>;
}

/** Writes what serves the parts, files and server entry, and returns their folder. */
export async function writeBuild(root: string, parts: Parts): Promise<string> {
  await Deno.mkdir(root, { recursive: true }); // as Fresh does: the app's right to build must cover it
  const filesDir = join(root, FILES_FOLDER);
  await Deno.remove(filesDir, { recursive: true }).catch(() => {}); // there is none before the first build
  for (const [url, { content }] of Object.entries(parts.files)) {
    await Deno.mkdir(dirname(join(filesDir, url)), { recursive: true });
    await Deno.writeFile(join(filesDir, url), content);
  }
  await Deno.writeTextFile(join(dirname(filesDir), "server.js"), serverModule(root, parts));
  return dirname(filesDir);
}

function serverModule(root: string, { buildId, islands, routes, files }: Parts): string {
  const imports: string[] = [];
  const specifier = (path: string) =>
    JSON.stringify("../" + pathBelow(root, path).split("/").map((part) => encodeURIComponent(part)).join("/"));
  const importAs = (name: string, path: string) => {
    imports.push(`import * as ${name} from ${specifier(path)};`);
    return name;
  };
  const islandItems = islands.map(({ name, chunk, path }, i) =>
    `{ name: ${JSON.stringify(name)}, chunk: ${JSON.stringify(chunk)}, mod: ${importAs(`island${i}`, path)} }`
  );
  const routeItems = [...routes].map(([id, path], i) => {
    const mod = isSpecialFile(id) ? importAs(`route${i}`, path) : `() => import(${specifier(path)})`;
    return `{ id: ${JSON.stringify(id)}, mod: ${mod} }`;
  });
  const withoutContent = (key: string, value: unknown) => key === "content" ? undefined : value;
  return `// Written by the build: do not edit
import { serveBuild } from "fresh/internal";
import { app } from "../main.ts";
${imports.join("\n")}

const build = {
  buildId: ${JSON.stringify(buildId)},
  islands: [${islandItems.join(",\n    ")}],
  routes: [${routeItems.join(",\n    ")}],
  files: ${JSON.stringify(files, withoutContent, 2)},
};
export default serveBuild(app, build, import.meta.resolve("../"));
`;
}
