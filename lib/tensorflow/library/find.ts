/** Finds libtensorflow on this machine, or fetches it. */
import { basename, join } from "node:path";
import { DownloadError, fetchWheels, missingWheels, type ProgressReport, tensorFlowFetches } from "./cache.ts";
import { LibraryUnavailableError } from "../errors.ts";
import { type DeviceChoice, type GpuVerdict, judgeGpu } from "./gpu.ts";
import { libraryFiles, systemFolders, systemLibraries, type TensorFlowWheel, VERSION, wheelsFor } from "./platform.ts";
import { type System, thisSystem } from "./system.ts";

/** The files of libtensorflow, and where they come from. */
export interface TensorFlowLibrary {
  /** The files to open, dependencies first. */
  readonly files: readonly string[];
  /** Libraries to load before them, such as CUDA's. */
  readonly preload: readonly string[];
  /** Where it was found: in the folder that was set, Python's package, the system, or our own cache. */
  readonly source: "setting" | "python" | "system" | "cache";
  /** The folder of the files. */
  readonly folder: string;
  /** Whether it is to compute on an NVIDIA card. */
  readonly gpu: GpuVerdict;
}

/** Where to look. */
export interface LibraryOptions {
  /** A folder that holds libtensorflow; nowhere else is searched then. */
  readonly folder?: string | undefined;
  /** The folder for a downloaded libtensorflow. */
  readonly cache: string;
  /** Whether the cache may be filled by a download (default: yes). */
  readonly download?: boolean;
  /** Called as a download goes on; the first call names the size. */
  readonly report?: ProgressReport | undefined;
  /** Stops a download. */
  readonly signal?: AbortSignal | undefined;
  /** What is to compute; a card where there is one by default. */
  readonly device?: DeviceChoice | undefined;
}

/**
 * Finds libtensorflow: in the folder that is set, else in an installed Python's `tensorflow`, else among the system's
 * libraries, else in our own cache, which is filled once.
 *
 * @throws {LibraryUnavailableError} there is none, and none can be fetched
 */
export function findLibrary(options: LibraryOptions, system: System = thisSystem): Promise<TensorFlowLibrary> {
  return useLibrary(options, (library) => library, system);
}

/**
 * Finds libtensorflow as {@linkcode findLibrary} does, and continues the search where `use` cannot open what was found,
 * such as an old release.
 *
 * @returns what `use` returned
 * @throws {LibraryUnavailableError} there is none, and none can be fetched
 */
export async function useLibrary<T>(
  options: LibraryOptions,
  use: (library: TensorFlowLibrary) => T,
  system: System = thisSystem,
): Promise<T> {
  const places = options.folder === undefined ? [inPython, inSystem, inCache] : [inSetting];
  const gpu = judgeGpu(system, options.device);
  const tried: string[] = [];
  for (const look of places) {
    const found = await look(options, system, gpu);
    if (typeof found === "string") {
      tried.push(found);
      continue;
    }
    try {
      return use(found);
    } catch (error) {
      if (!(error instanceof LibraryUnavailableError)) throw error;
      const missing = systemLibraries(system).filter(({ file }) => !system.canLoad(file));
      tried.push(...error.tried, ...missing.map(({ file, remedy }) => `it needs ${file}: ${remedy}`));
    }
  }
  throw new LibraryUnavailableError("Cannot find libtensorflow", tried);
}

/** A library, or why there is none. */
type Found = TensorFlowLibrary | string;

async function inSetting({ folder = "" }: LibraryOptions, system: System, gpu: GpuVerdict): Promise<Found> {
  for (const path of [folder, join(folder, "tensorflow"), join(folder, "lib")]) {
    const files = await filesIn(path, system);
    if (files) {
      return { files, preload: await cudaLibraries([path], system, gpu), source: "setting", folder: path, gpu };
    }
  }
  return `${folder} holds no ${libraryFiles(system)[0]!.join(" and ")}`;
}

/** Prints where Python's packages are, without importing them. */
const PYTHON_SPEC = `
import importlib.util, json
def folders(name):
    spec = importlib.util.find_spec(name)
    return list(spec.submodule_search_locations or []) if spec else []
print(json.dumps({"tensorflow": folders("tensorflow"), "nvidia": folders("nvidia")}))
`;

async function inPython(_: LibraryOptions, system: System, gpu: GpuVerdict): Promise<Found> {
  const problems: string[] = [];
  for (const python of ["python3", "python"]) {
    const { ok, output, problem } = await system.run(python, ["-c", PYTHON_SPEC]);
    if (!ok) {
      problems.push(problem);
      continue;
    }
    const { tensorflow, nvidia } = JSON.parse(output) as Record<"tensorflow" | "nvidia", string[]>;
    for (const folder of tensorflow) {
      const files = await filesIn(folder, system);
      if (files) return { files, preload: await cudaLibraries(nvidia, system, gpu), source: "python", folder, gpu };
    }
    return `Python (${python}): the package tensorflow is not installed`;
  }
  return `Python: ${problems[0]}`;
}

async function inSystem(_: LibraryOptions, system: System, gpu: GpuVerdict): Promise<Found> {
  const folders = systemFolders(system);
  for (const folder of folders) {
    const files = await filesIn(folder, system);
    if (files) return { files, preload: [], source: "system", folder, gpu };
  }
  return `the system's libraries: none in ${folders.join(", ") || "any known folder"}`;
}

async function inCache(options: LibraryOptions, system: System, gpu: GpuVerdict): Promise<Found> {
  const problems: string[] = [];
  for (const wheel of wheelsFor(system, gpu.use)) {
    const found = await inWheelCache(wheel, options, system, gpu);
    if (typeof found !== "string") return found;
    problems.push(found);
  }
  return `the cache: ${problems.join("; ") || `TensorFlow is not published for ${system.os} on ${system.arch}`}`;
}

async function inWheelCache(
  wheel: TensorFlowWheel,
  { cache, download = true, report, signal }: LibraryOptions,
  system: System,
  gpu: GpuVerdict,
): Promise<Found> {
  const wheels = tensorFlowFetches(cache, wheel);
  const { folder } = wheels[0]!;
  let problem = `nothing in ${folder}`;
  if (download) {
    try {
      await fetchWheels({ what: `TensorFlow ${VERSION}`, cache, wheels, report, signal }, system);
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      problem = error.message;
    }
  }
  const files = await filesIn(folder, system);
  if (!files) return problem;
  const missing = await missingWheels(wheels, system);
  if (missing.length > 0) {
    // It computes on the processor then, as well as the library for it does, which would be another download.
    const fault = download ? problem : `CUDA's libraries are not all in ${cache}: deno task gpu fetches the rest`;
    return { files, preload: [], source: "cache", folder, gpu: { use: false, fault } };
  }
  const folders = wheels.slice(1).map((part) => part.folder);
  return { files, preload: await cudaLibraries(folders, system, gpu), source: "cache", folder, gpu };
}

/** The first set of files of which a folder holds all. */
async function filesIn(folder: string, system: System): Promise<string[] | undefined> {
  for (const names of libraryFiles(system)) {
    const files = names.map((name) => join(folder, name));
    if ((await Promise.all(files.map(system.exists))).every(Boolean)) return files;
  }
}

/** CUDA's libraries, dependencies first. */
const CUDA_ORDER = ["cudart", "nvrtc", "nvJitLink", "cublasLt", "cublas", "cufft", "curand", "cusparse", "cusolver"];

/** CUDA's libraries below some folders, where a card is to be used. */
async function cudaLibraries(folders: readonly string[], system: System, gpu: GpuVerdict): Promise<string[]> {
  if (!gpu.use) return [];
  const found = await Promise.all(folders.map((folder) => system.find(folder, /^lib(?!tensorflow).*\.so\.[.\d]+$/)));
  const rank = (path: string) => {
    const index = CUDA_ORDER.findIndex((part) => basename(path).startsWith(`lib${part}.`));
    return index < 0 ? CUDA_ORDER.length : index;
  };
  return found.flat().sort((a, b) => rank(a) - rank(b));
}
