/**
 * NVIDIA's driver, asked through its own library: Deno refuses to look at /proc and /dev below `--allow-all`, and a
 * container has the library and the card without them.
 */
import { canLoad } from "./libc.ts";

/** A graphics card that CUDA programs may use. */
export interface NvidiaGpu {
  /** Such as `NVIDIA H100 80GB HBM3`. */
  readonly name: string;
  /** Bytes. */
  readonly memory: number;
}

/** What the driver says of itself and its cards; those that CUDA_VISIBLE_DEVICES hides are not among them. */
export interface NvidiaDriver {
  /** The newest CUDA release that it runs, such as `{ major: 12, minor: 8 }`. */
  readonly cuda: { readonly major: number; readonly minor: number };
  /** In the order of their numbers. */
  readonly gpus: readonly NvidiaGpu[];
  /** Whether libnvidia-ml.so.1 is there, which the driver's package brings along. */
  readonly management: boolean;
}

/** A driver that works; one that is there and does not, with what to do in one sentence; or none. */
export type DriverReport =
  | { readonly state: "ready"; readonly driver: NvidiaDriver }
  | { readonly state: "faulty"; readonly fault: string }
  | { readonly state: "absent" };

const LIBRARIES: Partial<Record<typeof Deno.build.os, string>> = { linux: "libcuda.so.1", windows: "nvcuda.dll" };
const MANAGEMENT: Partial<Record<typeof Deno.build.os, string>> = { linux: "libnvidia-ml.so.1", windows: "nvml.dll" };

/** CUresult's that have a remedy of their own. */
const REMEDIES: Readonly<Record<number, string>> = {
  3: "restart this program",
  100: "see that nvidia-smi lists one, that the container is given it (--gpus all), and that CUDA_VISIBLE_DEVICES " +
    "does not hide it",
  802: "wait until its fabric manager is up, or start nvidia-fabricmanager",
  803:
    "the kernel's driver and libcuda.so.1 are of different releases: restart the machine after an update of the driver",
  804: "the CUDA compatibility package does not suit this card: take it off the library path",
};

const SYMBOLS = {
  cuInit: { parameters: ["u32"], result: "i32" }, // unsigned flags
  cuDriverGetVersion: { parameters: ["buffer"], result: "i32" }, // int* version
  cuDeviceGetCount: { parameters: ["buffer"], result: "i32" }, // int* count
  cuDeviceGet: { parameters: ["buffer", "i32"], result: "i32" }, // CUdevice* device, int ordinal
  cuDeviceGetName: { parameters: ["buffer", "i32", "i32"], result: "i32" }, // char* name, int length, CUdevice device
  cuDeviceTotalMem_v2: { parameters: ["buffer", "i32"], result: "i32" }, // size_t* bytes, CUdevice device
} as const;

type Driver = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

let report: DriverReport | undefined;

/** Asks the driver, once a process: it does not change while it is loaded. */
export function nvidiaDriver(): DriverReport {
  return report ??= askDriver();
}

function askDriver(): DriverReport {
  const file = LIBRARIES[Deno.build.os];
  if (file === undefined || !canLoad(file)) return { state: "absent" };
  let driver: Driver;
  try {
    driver = Deno.dlopen(file, SYMBOLS).symbols; // stays open: cuInit starts threads
  } catch {
    return { state: "faulty", fault: `${file} is no NVIDIA driver of this decade: update the driver` };
  }
  const number = new Int32Array(1);
  const initialised = driver.cuInit(0) || driver.cuDeviceGetCount(number);
  const count = initialised === 0 ? number[0]! : 0;
  if (count === 0) return { state: "faulty", fault: describeError(initialised || 100) };
  driver.cuDriverGetVersion(number);
  const version = number[0]!;
  return {
    state: "ready",
    driver: {
      cuda: { major: Math.floor(version / 1000), minor: Math.floor(version % 1000 / 10) },
      gpus: Array.from({ length: count }, (_, index) => describeGpu(driver, index)),
      management: canLoad(MANAGEMENT[Deno.build.os]!),
    },
  };
}

function describeGpu(driver: Driver, index: number): NvidiaGpu {
  const [device, bytes, name] = [new Int32Array(1), new BigUint64Array(1), new Uint8Array(128)];
  driver.cuDeviceGet(device, index);
  driver.cuDeviceGetName(name, name.length, device[0]!);
  driver.cuDeviceTotalMem_v2(bytes, device[0]!);
  return { name: new TextDecoder().decode(name.subarray(0, name.indexOf(0))), memory: Number(bytes[0]!) };
}

function describeError(code: number): string {
  const what = code === 100 ? "NVIDIA's driver finds no card" : `NVIDIA's driver can't be started (CUDA error ${code})`;
  return `${what}: ${REMEDIES[code] ?? "see what nvidia-smi says, and restart the machine or update the driver"}`;
}

/** Releases of the driver for Linux that were the first to run a major release of CUDA. */
const FIRST_DRIVER: Readonly<Record<number, number>> = { 12: 525, 13: 580 };

/**
 * Why a program built for a release of CUDA can't use the driver.
 *
 * @param program for the sentence, such as `TensorFlow`
 * @param major the release of CUDA that it is built for
 * @returns one sentence with what to do; `undefined` where it can
 */
export function driverFault({ cuda }: NvidiaDriver, program: string, major: number): string | undefined {
  if (cuda.major >= major) return undefined;
  return `NVIDIA's driver is too old: it runs CUDA ${cuda.major}.${cuda.minor} and ${program} needs ${major}; ` +
    `update it to ${FIRST_DRIVER[major]} or later`;
}

let opened: number | undefined;

/**
 * Reserves this process for one release of CUDA. libcudnn.so.9 and libcurand.so.10 have the same name in CUDA 12 and 13,
 * so that a process which opens both computes with a mixture.
 *
 * @returns false where another release is open already
 */
export function reserveCuda(major: number): boolean {
  opened ??= major;
  return opened === major;
}
