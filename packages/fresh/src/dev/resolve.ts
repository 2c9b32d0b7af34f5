import type { ImportKind, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A package in Deno's cache. */
interface Package {
  name: string;
  localPath: string;
  dependencies: string[];
}

/** What `deno info --json` tells of a module graph, as far as it is used. */
interface Graph {
  modules: {
    specifier: string;
    npmPackage?: string;
    dependencies?: { specifier: string; code?: { specifier: string } }[];
  }[];
  redirects: Record<string, string>;
  npmPackages?: Record<string, Package>;
}

/** A package's name and the path within it, with or without `npm:` and a version. */
const IMPORT = /^(?:npm:\/?)?((?:@[^/]+\/)?[^/@]+)(?:@[^/]*)?(\/.*)?$/;

/**
 * An esbuild plugin that resolves imports as Deno does: with the import map, the lock file and the package cache,
 * without a node_modules folder.
 *
 * @param root The project's folder, whose configuration counts.
 * @param entries Modules whose imports are bundled.
 */
export async function denoResolver(root: string, entries: string[]): Promise<Plugin> {
  const packages = new Map<string, Package>();
  const npmModules = new Map<string, string>();
  const imports = new Map<string, string>();
  for (const graph of await Promise.all(entries.map((entry) => graphOf(root, entry)))) {
    const { modules, redirects, npmPackages = {} } = graph;
    for (const [id, found] of Object.entries(npmPackages)) packages.set(id, found);
    for (const { specifier: importer, npmPackage, dependencies = [] } of modules) {
      if (npmPackage !== undefined) npmModules.set(importer, npmPackage);
      for (const { specifier, code } of dependencies) {
        let target = code?.specifier;
        while (target !== undefined && redirects[target] !== undefined) target = redirects[target];
        if (target !== undefined) imports.set(`${importer} ${specifier}`, target);
      }
    }
  }
  const all = [...packages.values()];

  /** The package that an import leads to, from an app's file or from a package. */
  function packageOf(target: string, name: string, importer: string): Package | undefined {
    const exact = packages.get(npmModules.get(target) ?? "");
    if (exact !== undefined) return exact;
    const owner = all.find(({ localPath }) => importer.startsWith(localPath + sep));
    const candidates = owner === undefined ? all : [owner, ...owner.dependencies.map((id) => packages.get(id))];
    return candidates.find((candidate) => candidate?.name === name);
  }

  return {
    name: "deno",
    setup(build) {
      build.onResolve({ filter: /^/ }, async ({ path, importer, kind, pluginData }) => {
        if (pluginData === "inner" || importer === "") return;
        const target = imports.get(`${pathToFileURL(importer).href} ${path}`) ?? path;
        if (target.startsWith("file:")) return { path: fileURLToPath(target) };
        const [, name, subpath = ""] = IMPORT.exec(target) ?? [];
        if (name === undefined || name.startsWith(".")) return;
        const found = packageOf(target, name, importer);
        if (found !== undefined) return await resolveIn(found, subpath, kind, build);
      });
    },
  };
}

/** Lets esbuild pick the file, by the package's exports or main fields. */
async function resolveIn(
  { name, localPath }: Package,
  subpath: string,
  kind: ImportKind,
  build: PluginBuild,
): Promise<OnResolveResult> {
  const options = { kind, resolveDir: localPath, pluginData: "inner" };
  // A package may import itself by name where it declares exports
  const byExports = await build.resolve(name + subpath, options);
  return byExports.errors.length === 0 ? byExports : await build.resolve(`.${subpath || "/"}`, options);
}

async function graphOf(root: string, entry: string): Promise<Graph> {
  const command = new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry], cwd: root });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot read the imports of ${entry}: ${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout));
}

/** Path of a module of this package. */
export function ownModule(path: string): string {
  return join(fileURLToPath(new URL("..", import.meta.url)), path);
}
