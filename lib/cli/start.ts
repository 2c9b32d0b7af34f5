/**
 * `deno task start`: fetches what serving needs where it is missing, builds the islands where they are out of date, and
 * starts the server as a process of its own with no more rights than it needs. The server may start no process: it asks
 * this one, which starts trainings of its home and nothing else. Imports no package: it must be able to
 * say what will be fetched before anything is.
 */
import { join } from "node:path";
import { checkLaunchRequest, serveLauncher, spawnTrainer } from "../runs/launch.ts";
import { type CommandSpec, readSettings, SERVER_OPTIONS, type Settings } from "../settings.ts";
import { type ExitCode, runCommand } from "./support/command.ts";
import { buildIslands, SERVE_LOCK } from "./support/build.ts";
import { fetchPackages, listRegistries } from "./support/packages.ts";

/** What `deno task start` takes. */
export const START: CommandSpec = {
  name: "start",
  summary: "Serves the board: latent sliders, pictures and the HTTP API, with the models in models/.",
  options: SERVER_OPTIONS,
  examples: [
    "deno task start",
    "deno task start --port 9000",
    "deno task start --host 0.0.0.0 --allow-host board.local",
  ],
};

/** What a first start fetches, in megabytes on disk; `deno task bench:install` prints it. */
const FIRST_START_MEGABYTES = 380;

/** What native code the server may open where there is no GPU: the packages that bring some. */
const NATIVE_PACKAGES = ["onnxruntime-node", "@img"];

/**
 * A GPU's device on Linux. With one, drivers are opened by their names and through the system's loader, through which
 * all can be had; under rights to some paths Deno takes a name for a file of the current folder.
 */
const GPU_DEVICES = ["nvidiactl", "dri", "dxg"];

/** Resolves when what training needs, and serving does not, is there. */
let packages: Promise<void> | undefined;

if (import.meta.main) {
  await runCommand(START, async ({ options }) => {
    const settings = readSettings(options);
    await fetchPackages({
      lock: SERVE_LOCK,
      entrypoints: ["main.ts", "dev.ts", "lib/cli/serve.ts"],
      announce: (missing) =>
        `First start: fetching ${missing.length} packages (about ${FIRST_START_MEGABYTES} MB on disk, most of it ONNX Runtime). Later starts fetch nothing.`,
    });
    await buildIslands();
    return await serve(settings);
  });
}

function fetchTrainingPackages(): Promise<void> {
  const fetched = fetchPackages({
    lock: "deno.lock",
    entrypoints: ["lib/cli/train.ts"],
    announce: (missing) => `First training: fetching ${missing.length} packages. Later ones fetch nothing.`,
  });
  fetched.catch(() => packages = undefined); // so that the next run tries again
  return fetched;
}

/**
 * How `deno` starts the server: with the rights of `serve` in deno.json, and those that depend on settings and machine.
 *
 * @param gpu whether there may be a GPU
 */
export async function serverArguments(
  { host, home, models, dataRoots }: Settings,
  gpu?: boolean,
): Promise<string[]> {
  const native = (await listRegistries()).flatMap((folder) => NATIVE_PACKAGES.map((name) => join(folder, name)));
  return [
    "run",
    "--quiet",
    "--no-prompt",
    "-P=serve",
    `--allow-net=${host.includes(":") ? `[${host}]` : host}`,
    `--allow-read=${joinPaths([Deno.cwd(), home, models, ...dataRoots])}`,
    `--allow-write=${joinPaths([home, models])}`,
    gpu ?? await mayHaveGpu() ? "--allow-ffi" : `--allow-ffi=${joinPaths(native)}`,
    `--lock=${SERVE_LOCK}`,
    join("lib", "cli", "serve.ts"),
  ];
}

async function mayHaveGpu(): Promise<boolean> {
  if (Deno.build.os !== "linux") return true;
  const { stdout } = await new Deno.Command("ls", { args: ["/dev"] }).output(); // Deno asks every right for looking there
  const devices = new TextDecoder().decode(stdout).split("\n");
  return GPU_DEVICES.some((name) => devices.includes(name));
}

async function serve(settings: Settings): Promise<ExitCode> {
  const { home, models } = settings;
  const server = new Deno.Command(Deno.execPath(), {
    args: [...await serverArguments(settings), ...Deno.args],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = server.stdin.getWriter();
  serveLauncher(server.stdout, (bytes) => input.write(bytes), async (request) => {
    const checked = checkLaunchRequest(request);
    if (checked.action !== "share") await (packages ??= fetchTrainingPackages());
    return await spawnTrainer(checked, { home, models });
  }).catch(() => {}); // the server has ended
  // Ctrl-C reaches both processes; this one waits for the server to end in its own order. SIGTERM reaches this one alone.
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => endServer(server));
  const { code } = await server.status;
  return code === 0 || code === 2 || code === 130 ? code : 1;
}

/** Paths as Deno's flags take them, where a comma within a path is written twice. */
function joinPaths(paths: readonly string[]): string {
  return paths.map((path) => path.replaceAll(",", ",,")).join(",");
}

function endServer(server: Deno.ChildProcess): void {
  try {
    server.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended already
  }
}
