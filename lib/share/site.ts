/** A shared board: the static files of one model's board, which decodes in the visitor's browser. */
import { join } from "node:path";
import type { SharedBoard } from "../browser/shared_board.ts";
import { encodePng } from "../imaging/mod.ts";
import { latentDimensions, Manifolds, type ModelRuntime, pictureOf, summarize } from "../inference/mod.ts";
import { type ModelDocument, openingLatent, readModelFile } from "../model/mod.ts";
import { BUNDLE_FOLDER, listBundleFiles } from "./bundle_files.ts";
import { indexPage, LOCAL_FILE_SCRIPT, readme } from "./pages.ts";
import { requireRuntime, RUNTIME_FILES, RUNTIME_VERSION, runtimeFolder } from "./runtime_files.ts";

/** Where a shared board is made from. */
export interface SiteOptions {
  /** The folder that holds one folder per model. */
  readonly models: string;
  /** The home, which keeps onnxruntime-web. */
  readonly home: string;
}

/** A file of a shared board. */
export interface SiteFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly read: () => Promise<Uint8Array>;
  /** Whether it is worth compressing: weights and pictures are not. */
  readonly compress: boolean;
}

/**
 * Lists the files of a shared board.
 *
 * @param runtime the model, which decodes the first picture
 * @param options where things are
 * @throws {LatentboardError} `unavailable` when onnxruntime-web was not fetched yet, `damaged` when a file of the model
 * was altered
 */
export async function sharedBoardFiles(runtime: ModelRuntime, options: SiteOptions): Promise<SiteFile[]> {
  const { document } = runtime;
  const kept = runtimeFolder(options.home);
  await requireRuntime(kept);
  const board = await describeBoard(runtime, options.models);
  const start = await runtime.decode(Float32Array.from(board.z), 1);
  const { width, height, channels } = start;
  const picture = encodePng({ width, height, channels, data: pictureOf(start, 0) }, { level: 9 });

  const text = (path: string, content: string) => bytes(path, new TextEncoder().encode(content));
  const bytes = (path: string, content: Uint8Array) => ({ path, read: () => Promise.resolve(content) });
  const copy = (path: string, ...from: string[]) => ({ path, read: () => Deno.readFile(join(...from)) });
  const files = [
    text("README.txt", readme(document, RUNTIME_VERSION)),
    text("index.html", indexPage(document)),
    text("local-file.js", LOCAL_FILE_SCRIPT),
    text("board.json", JSON.stringify(board)),
    ...(await listBundleFiles()).map((name) => copy(name, BUNDLE_FOLDER, name)),
    copy("favicon.svg", "static", "favicon.svg"),
    bytes("model/start.png", picture),
    text("model/model.json", JSON.stringify(document, null, 2) + "\n"),
    ...Object.keys(document.files).map((name) => ({
      path: `model/${name}`,
      read: () => readModelFile(options.models, document, name),
    })),
    ...Object.keys(RUNTIME_FILES).map((name) => copy(`runtime/${name}`, kept, name)),
  ];
  return files.map((file) => ({ ...file, compress: !/\.(onnx|bin|png)$/.test(file.path) }));
}

async function describeBoard(runtime: ModelRuntime, models: string): Promise<SharedBoard> {
  const { document } = runtime;
  const testDistances = await new Manifolds(models).testDistances(document, runtime);
  return {
    model: {
      ...summarize(document),
      dimensions: latentDimensions(document),
      labels: document.labels,
      decoderSha256: document.files["decoder.onnx"]!.sha256,
      provider: "wasm",
      metrics: document.metrics,
    },
    ...await describeMap(document, models),
    ...(testDistances === undefined ? {} : { testDistances }),
  };
}

/** What the model's map gives: a test picture to start at, and where its files are. */
async function describeMap(document: ModelDocument, models: string): Promise<Pick<SharedBoard, "z" | "map">> {
  const z = await openingLatent(models, document);
  if (document.files["map.bin"] === undefined || document.files["map.png"] === undefined) return { z };
  return { z, map: { data: "model/map.bin", sheet: "model/map.png" } };
}
