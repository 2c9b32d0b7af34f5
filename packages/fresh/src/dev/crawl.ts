import { extname, join, relative, sep } from "node:path";

/** A file and its path below the folder that was searched, with `/`. */
export interface FoundFile {
  /** Absolute path. */
  path: string;
  /** Path below the folder. */
  name: string;
}

const CODE = new Set([".tsx", ".jsx", ".ts", ".js"]);

/** Finds the files below a folder, in a stable order; none without a folder. */
export async function filesBelow(dir: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  async function read(folder: string): Promise<void> {
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) await read(path);
      if (!entry.isFile) continue;
      found.push({ path, name: relative(dir, path).split(sep).join("/") });
    }
  }
  try {
    await read(dir);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.toSorted((a, b) => a.name < b.name ? -1 : 1);
}

/** Route files and island files of a project. */
export interface SourceFiles {
  /** Files of islands. */
  islands: string[];
  /** Files of routes, by path below their folder without extension. */
  routes: { id: string; path: string }[];
}

/**
 * Finds the routes and the islands: those of their folder and those in
 * `(_islands)` folders among the routes. Other `(_…)` folders are ignored.
 */
export async function findSources(routeDir: string, islandDir: string, ignore: RegExp[]): Promise<SourceFiles> {
  const isSource = ({ path }: FoundFile) => CODE.has(extname(path)) && !ignore.some((pattern) => pattern.test(path));
  const sources: SourceFiles = {
    islands: (await filesBelow(islandDir)).filter(isSource)
      .map(({ path }) => path),
    routes: [],
  };
  for (const file of (await filesBelow(routeDir)).filter(isSource)) {
    const hidden = /(?:^|\/)\((_[^/]+)\)\//.exec(file.name);
    if (hidden?.[1] === "_islands") sources.islands.push(file.path);
    if (hidden !== null) continue;
    const name = file.name.slice(0, -extname(file.name).length);
    const id = new URL(name, "http://localhost/").pathname;
    sources.routes.push({ id, path: file.path });
  }
  return sources;
}
