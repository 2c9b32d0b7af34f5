// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task share`: a board as static files that decode in the visitor's browser. */
import { dirname, join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { zipFiles } from "../http/zip.ts";
import { ModelPool } from "../inference/mod.ts";
import { type CommandSpec, type ParsedCommand, readSettings } from "../settings.ts";
import {
  copyRuntime,
  hasRuntime,
  RUNTIME_VERSION,
  runtimeFolder,
  sharedBoardFiles,
  type SiteFile,
} from "../share/mod.ts";
import { exists } from "../system/files.ts";
import { buildIslands } from "./support/build.ts";
import { runCommand } from "./support/command.ts";
import { refuseExtraArguments, requiredArgument, stringOption } from "./support/options.ts";
import { fetchPackages, packageFolder } from "./support/packages.ts";

/** What the command takes. */
export const SHARE: CommandSpec = {
  name: "share",
  summary: "Writes a board as static files that decode in the visitor's browser: no server, no network.",
  arguments: "<model>",
  options: {
    out: { kind: "string", value: "<folder|file.zip>", help: "where it goes; shared_boards/<model> by default" },
    force: { kind: "boolean", help: "replace what is there" },
    prepare: {
      kind: "boolean",
      help: "only fetch the runtime, as the board's Share button does when it is first used",
    },
  },
  examples: ["deno task share fashion-mnist", "deno task share emoji --out emoji-board.zip"],
};

/** About how much onnxruntime-web takes in Deno's cache, in megabytes; two of its files are used. */
const PACKAGE_MEGABYTES = 139;

/** Runs the command. */
export async function share({ options, rest }: ParsedCommand): Promise<void> {
  const settings = readSettings(options);
  if (options.prepare) {
    refuseExtraArguments(rest, 0);
    await prepare(settings.home);
    console.log("The Share button of the board is ready");
    return;
  }
  const model = requiredArgument(rest, "<model>");
  refuseExtraArguments(rest, 1);
  await buildIslands();
  await prepare(settings.home);
  const out = stringOption(options, "out") ?? join("shared_boards", model);
  if (!options.force && await exists(out)) {
    throw new LatentboardError("conflict", `${out} exists: choose another --out, or --force`, { field: "out" });
  }
  const pool = new ModelPool({ models: settings.models, providers: settings.providers, capacity: 1 });
  try {
    const files = await pool.use(model, (runtime) => sharedBoardFiles(runtime, settings));
    const bytes = out.endsWith(".zip") ? await writeZip(out, files) : await writeFolder(out, files);
    console.log(`${out}: ${(bytes / 1e6).toFixed(1)} MB, README.txt in it says how to look at it`);
  } finally {
    await pool.dispose();
  }
}

/** Fetches onnxruntime-web where it is missing. */
async function prepare(home: string): Promise<void> {
  const folder = runtimeFolder(home);
  if (await hasRuntime(folder)) return;
  await fetchPackages({
    lock: "share.lock",
    entrypoints: [`npm:onnxruntime-web@${RUNTIME_VERSION}`],
    announce: () => `Fetching onnxruntime-web, which shared boards run on (about ${PACKAGE_MEGABYTES} MB on disk) …`,
  });
  await copyRuntime(await packageFolder("onnxruntime-web", RUNTIME_VERSION), folder);
}

async function writeFolder(folder: string, files: readonly SiteFile[]): Promise<number> {
  let written = 0;
  for (const { path, read } of files) {
    const bytes = await read();
    const target = join(folder, ...path.split("/"));
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeFile(target, bytes);
    written += bytes.length;
  }
  return written;
}

async function writeZip(path: string, files: readonly SiteFile[]): Promise<number> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const modified = new Date();
  const target = await Deno.open(path, { write: true, create: true, truncate: true });
  await zipFiles(files.map((file) => ({ ...file, modified }))).pipeTo(target.writable);
  return (await Deno.stat(path)).size;
}

if (import.meta.main) await runCommand(SHARE, share);
