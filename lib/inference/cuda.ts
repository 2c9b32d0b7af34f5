/**
 * ONNX Runtime's CUDA provider, which onnxruntime-node does not bring along: found in our cache, and opened before
 * onnxruntime-node is.
 *
 * onnxruntime looks for a provider beside its own library, so the folder of the provider holds a link to
 * onnxruntime-node's. Opened through that link first, it is the library that onnxruntime-node gets, and it finds the
 * provider; the provider in turn finds CUDA's libraries among those that are open.
 */
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openGlobally } from "../tensorflow/libc.ts";
import { driverFault, type DriverReport, nvidiaDriver, reserveCuda } from "../tensorflow/nvidia.ts";
import { CUDA_13, type CudaWheel } from "./cuda_wheels.ts";

/** The release of CUDA that the provider is built for. */
const CUDA_RELEASE = 13;

/** The name under which onnxruntime-node asks for onnxruntime's library. */
const ONNXRUNTIME = "libonnxruntime.so.1";

/** Where the provider is looked for; see {@linkcode useCudaCache}. */
let cache: string | undefined;
let opening: Promise<string | undefined> | undefined;

/** The folder below a user's home that `deno task gpu` fills. */
export function cudaCache(home: string): string {
  return join(home, "cache", "onnxruntime");
}

/** The folder of a wheel's files in the cache. */
export function cudaFolder(cache: string, { requirement }: CudaWheel): string {
  return join(cache, requirement.replace("==", "-"));
}

/** Names the home whose cache the provider is looked for in; without effect once a graph was opened. */
export function useCudaCache(home: string): void {
  cache = cudaCache(home);
}

/** Links onnxruntime-node's library into the provider's folder; `deno task gpu` does so, which may write links. */
export async function linkOnnxruntime(cache: string): Promise<void> {
  const main = fileURLToPath(import.meta.resolve("onnxruntime-node"));
  const library = join(dirname(main), "..", "bin", "napi-v6", "linux", "x64", ONNXRUNTIME);
  await Deno.stat(library);
  const link = join(cudaFolder(cache, CUDA_13.at(-1)!), ONNXRUNTIME);
  await Deno.remove(link).catch(() => {});
  await Deno.symlink(library, link);
}

/** What the machine is asked; tests have one of their own. */
export interface CudaMachine {
  readonly os: string;
  readonly arch: string;
  nvidia(): DriverReport;
  exists(path: string): Promise<boolean>;
  /** Opens a library for good, its symbols seen by those that are opened later. */
  open(path: string): boolean;
}

const THIS_MACHINE: CudaMachine = {
  os: Deno.build.os,
  arch: Deno.build.arch,
  nvidia: nvidiaDriver,
  exists: (path) => Deno.lstat(path).then(() => true, () => false), // a link leads out of what the server may read
  open: openGlobally,
};

/**
 * Opens what the CUDA provider needs, once per process and before onnxruntime-node is imported.
 *
 * @returns undefined where it is open; else one sentence with why it is not, and what to do
 */
export function openCuda(): Promise<string | undefined> {
  return opening ??= openCudaIn(cache, THIS_MACHINE);
}

/** As {@linkcode openCuda}, on any machine and without memory of it. */
export async function openCudaIn(cache: string | undefined, machine: CudaMachine): Promise<string | undefined> {
  const report = machine.nvidia();
  if (report.state === "absent") return "there is no NVIDIA driver";
  if (report.state === "faulty") return report.fault;
  if (machine.os !== "linux" || machine.arch !== "x86_64") return "it is to be had on Linux x64 alone";
  const old = driverFault(report.driver, "ONNX Runtime's CUDA provider", CUDA_RELEASE);
  if (old !== undefined) return `${old}, or serve on WebGPU, which runs on older drivers`;
  const files = cache === undefined ? [] : filesOf(cache);
  const missing = await Promise.all(files.map(async (file) => !await machine.exists(file)));
  if (files.length === 0 || missing.includes(true)) return "it is not here: deno task gpu fetches it";
  if (!reserveCuda(CUDA_RELEASE)) return "this process trains on CUDA 12, and no process can hold both";
  const refused = files.find((file) => !machine.open(file));
  return refused && `${basename(refused)} can't be opened: deno task gpu fetches it again`;
}

/** Every library to open, in order. */
function filesOf(cache: string): string[] {
  const libraries = CUDA_13.slice(0, -1).flatMap((wheel) =>
    Object.keys(wheel.members).sort(byDependence).map((member) => join(cudaFolder(cache, wheel), basename(member)))
  );
  return [...libraries, join(cudaFolder(cache, CUDA_13.at(-1)!), ONNXRUNTIME)];
}

/** cublas needs cublasLt; of cuDNN's parts the graph and the operations are needed by the rest. */
function byDependence(a: string, b: string): number {
  const rank = (name: string) => ["cublasLt", "cudnn_graph", "cudnn_ops"].findIndex((part) => name.includes(part));
  const [ranked, other] = [rank(a), rank(b)].map((index) => index < 0 ? 9 : index) as [number, number];
  return ranked - other || a.localeCompare(b);
}
