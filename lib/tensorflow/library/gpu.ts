/** Whether TensorFlow can compute on an NVIDIA card of this machine, and why not. */
import { driverFault, type NvidiaGpu } from "../nvidia.ts";
import type { System } from "./system.ts";

/** The processor, or a card by its number among those that CUDA_VISIBLE_DEVICES leaves. */
export type DeviceChoice = "cpu" | { readonly gpu: number };

/** The release of CUDA that TensorFlow is built for. */
export const TENSORFLOW_CUDA = 12;

/** The card to compute on; or none, with one sentence that says why where the machine has NVIDIA's driver. */
export type GpuVerdict =
  | { readonly use: true; readonly index: number; readonly card: NvidiaGpu }
  | { readonly use: false; readonly fault?: string };

/** Judges a machine; without a choice the first card is taken. */
export function judgeGpu(system: Pick<System, "os" | "arch" | "nvidia">, choice?: DeviceChoice): GpuVerdict {
  if (choice === "cpu") return { use: false };
  const index = choice?.gpu ?? 0;
  const report = system.nvidia();
  if (report.state === "absent") {
    return choice === undefined ? { use: false } : { use: false, fault: "there is no NVIDIA driver: install it" };
  }
  if (report.state === "faulty") return { use: false, fault: report.fault };
  const { driver } = report;
  const fault = platformFault(system) ?? driverFault(driver, "TensorFlow", TENSORFLOW_CUDA);
  if (fault !== undefined) return { use: false, fault };
  if (!driver.management) {
    return {
      use: false,
      fault: "libnvidia-ml.so.1 is missing, without which TensorFlow finds no card: install the whole driver " +
        "(Debian: libnvidia-ml1; in a container set NVIDIA_DRIVER_CAPABILITIES=compute,utility)",
    };
  }
  const card = driver.gpus[index];
  if (card !== undefined) return { use: true, index, card };
  return { use: false, fault: `there is no gpu:${index}: choose gpu:0 to gpu:${driver.gpus.length - 1}` };
}

function platformFault({ os, arch }: Pick<System, "os" | "arch">): string | undefined {
  if (os === "linux" && arch === "x86_64") return undefined;
  if (os === "windows") return "TensorFlow uses NVIDIA cards on Linux alone: train under WSL 2";
  return `TensorFlow is not published for NVIDIA cards on ${os} ${arch}`;
}

/** What TensorFlow opens by name when it looks for cards. */
const OPENED = [
  "libcudart.so.12",
  "libcublas.so.12",
  "libcublasLt.so.12",
  "libcufft.so.11",
  "libcusolver.so.11",
  "libcusparse.so.12",
  "libcudnn.so.9",
];

/** Which of the libraries that TensorFlow opens by name can't be, and what to do; undefined where all can. */
export function missingCuda(system: Pick<System, "canLoad">): string | undefined {
  const missing = OPENED.filter((name) => !system.canLoad(name));
  if (missing.length === 0) return undefined;
  return `${missing.join(", ")} can't be loaded: deno task gpu fetches CUDA ${TENSORFLOW_CUDA}'s libraries, ` +
    `and python3 -m pip install "tensorflow[and-cuda]" installs them beside an installed TensorFlow`;
}
