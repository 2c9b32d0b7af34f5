import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a {@linkcode Builder} is made with. */
export interface BuildOptions {
  /** Browsers the bundles are for, as esbuild names them. */
  target?: string | string[];
  /** The project's folder; the working directory by default. */
  root?: string;
  /** Where a build is written; `"_fresh"` by default. */
  outDir?: string;
  /** Folder of static files; `"static"` by default. */
  staticDir?: string;
  /** Folder of islands; `"islands"` by default. */
  islandDir?: string;
  /** Folder of routes; `"routes"` by default. */
  routeDir?: string;
  /** Module that exports the app; `"main.ts"` by default. */
  serverEntry?: string;
  /** Files that are neither routes nor islands; tests by default. */
  ignore?: RegExp[];
  /** Source maps of a production build; none by default. */
  sourceMap?: {
    /** esbuild's `sourcemap`. */
    kind?: boolean | "linked" | "inline" | "external" | "both";
    /** esbuild's `sourceRoot`. */
    sourceRoot?: string;
    /** esbuild's `sourcesContent`. */
    sourcesContent?: boolean;
  };
}

/** {@linkcode BuildOptions} with defaults filled in and paths made absolute. */
export type ResolvedBuildConfig =
  & Required<Omit<BuildOptions, "sourceMap">>
  & Pick<BuildOptions, "sourceMap">
  & {
    /** What the build is for. */
    mode: "development" | "production";
    /** Changes with every input of a build; empty before it. */
    buildId: string;
  };

/** Which static files a transformer takes. Left out of this package. */
export interface OnTransformOptions {
  /** Name of the transformer. */
  pluginName: string;
  /** Paths it takes. */
  filter: RegExp;
  /** Paths it leaves. */
  exclude?: Array<string | RegExp>;
}

/** A static file that is transformed. Left out of this package. */
export interface OnTransformArgs {
  /** Path of the file. */
  path: string;
  /** Browsers the bundles are for. */
  target: string | string[];
  /** Content as text. */
  text: string;
  /** Content as bytes. */
  content: Uint8Array;
  /** What the build is for. */
  mode: "development" | "production";
  /** The project's folder. */
  root: string;
}

/** A transformed static file. Left out of this package. */
export interface OnTransformResult {
  /** New content. */
  content: string | Uint8Array;
  /** New path. */
  path?: string;
  /** Source map. */
  map?: string | Uint8Array;
}

/** Transforms a static file. Left out of this package. */
export type TransformFn = (args: OnTransformArgs) =>
  | void
  | OnTransformResult
  | Array<{ path: string } & Omit<OnTransformResult, "path">>
  | Promise<
    | void
    | OnTransformResult
    | Array<{ path: string } & Omit<OnTransformResult, "path">>
  >;

const TEST_FILE = /[._]test\.(?:[tj]sx?|[mc][tj]s)$/;

/** Fills in defaults and makes paths absolute. */
export function resolveConfig(options: BuildOptions): ResolvedBuildConfig {
  const root = resolvePath(options.root ?? ".", Deno.cwd());
  return {
    root,
    target: options.target ?? ["chrome99", "firefox99", "safari15"],
    outDir: resolvePath(options.outDir ?? "_fresh", root),
    staticDir: resolvePath(options.staticDir ?? "static", root),
    islandDir: resolvePath(options.islandDir ?? "islands", root),
    routeDir: resolvePath(options.routeDir ?? "routes", root),
    serverEntry: resolvePath(options.serverEntry ?? "main.ts", root),
    ignore: options.ignore ?? [TEST_FILE],
    mode: "production",
    buildId: "",
    ...(options.sourceMap && { sourceMap: options.sourceMap }),
  };
}

/** The absolute path of a path or a file URL. */
export function resolvePath(path: string, base: string): string {
  if (path.startsWith("file://")) return fileURLToPath(path);
  return isAbsolute(path) ? path : join(base, path);
}
