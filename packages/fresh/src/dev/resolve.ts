import type {
  OnResolveArgs,
  OnResolveResult,
  Plugin,
  PluginBuild,
} from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What `deno info --json` tells of a module graph, as far as it is used. */
interface Graph {
  modules: {
    specifier: string;
    local?: string;
    npmPackage?: string;
    error?: string;
    dependencies?: { specifier: string; code?: { specifier?: string } }[];
  }[];
  redirects: Record<string, string>;
  npmPackages: Record<
    string,
    { name: string; localPath?: string; dependencies: string[] }
  >;
}

/** A package in Deno's cache. */
interface Package {
  name: string;
  dir: string;
  dependencies: string[];
}

const BARE = /^(?:npm:\/?)?((?:@[^/]+\/)?[^/@]+)(?:@[^/]*)?(\/.*)?$/;

/**
 * An esbuild plugin that resolves imports as Deno does: with the import map,
 * the lock file and the package cache, without a node_modules folder.
 *
 * @param root The project's folder, whose configuration counts.
 * @param entries Modules whose imports are bundled.
 */
export async function denoResolver(
  root: string,
  entries: string[],
): Promise<Plugin> {
  const graphs = await Promise.all(
    entries.map((entry) => graphOf(root, entry)),
  );
  const imports = new Map<string, Map<string, string>>();
  const files = new Map<string, string>();
  const packages = new Map<string, Package>();
  for (const { modules, redirects, npmPackages } of graphs) {
    for (const module of modules) {
      if (module.local !== undefined) files.set(module.specifier, module.local);
      const targets = new Map<string, string>();
      for (const { specifier, code } of module.dependencies ?? []) {
        if (code?.specifier === undefined) continue;
        const target = redirects[code.specifier] ?? code.specifier;
        targets.set(specifier, redirects[target] ?? target);
      }
      imports.set(module.specifier, targets);
    }
    for (
      const [id, { name, localPath, dependencies }] of Object.entries(
        npmPackages ?? {},
      )
    ) {
      if (localPath !== undefined) {
        packages.set(id, { name, dir: localPath, dependencies });
      }
    }
  }

  function packageOf(path: string): Package | undefined {
    let owner: Package | undefined;
    for (const candidate of packages.values()) {
      const inside = path.startsWith(candidate.dir + "/") ||
        path.startsWith(candidate.dir + "\\");
      if (inside && candidate.dir.length > (owner?.dir.length ?? 0)) {
        owner = candidate;
      }
    }
    return owner;
  }

  function find(name: string, importer: string): Package | undefined {
    const owner = packageOf(importer);
    if (owner?.name === name) return owner;
    const candidates = owner === undefined
      ? [...packages.values()]
      : owner.dependencies.flatMap((id) => packages.get(id) ?? []);
    return candidates.find((candidate) => candidate.name === name);
  }

  return {
    name: "deno",
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.pluginData === "inner" || args.kind === "entry-point") return;
        const importer = args.importer === ""
          ? undefined
          : imports.get(pathToFileURL(args.importer).href);
        const target = importer?.get(args.path) ?? args.path;
        if (target.startsWith("file:")) {
          return { path: files.get(target) ?? fileURLToPath(target) };
        }
        if (/^(?:\.|\/|[a-z]+:)/.test(target) && !target.startsWith("npm:")) {
          return;
        }
        const [, name = "", subpath = ""] = BARE.exec(target) ?? [];
        const found = find(name, args.importer);
        if (found !== undefined) {
          return await resolveIn(found, subpath, args, build);
        }
      });
    },
  };
}

/** Lets esbuild pick the file, by the package's exports or main fields. */
async function resolveIn(
  { name, dir }: Package,
  subpath: string,
  { kind }: OnResolveArgs,
  build: PluginBuild,
): Promise<OnResolveResult> {
  const options = { kind, resolveDir: dir, pluginData: "inner" };
  // A package may import itself by name where it declares exports
  const byExports = await build.resolve(name + subpath, options);
  if (byExports.errors.length === 0) return byExports;
  return await build.resolve(`.${subpath || "/"}`, options);
}

async function graphOf(root: string, entry: string): Promise<Graph> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: root,
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  if (!success) {
    throw new Error(
      `Cannot read the imports of ${entry}: ${
        new TextDecoder().decode(stderr)
      }`,
    );
  }
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Path of a module of this package. */
export function ownModule(path: string): string {
  return join(dirname(fileURLToPath(import.meta.url)), "..", path);
}
