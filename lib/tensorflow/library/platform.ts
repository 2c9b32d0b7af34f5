/** What libtensorflow is called on each system, and which pinned release is fetched there. */
import { CUDA_12 } from "./cuda_wheels.ts";
import type { Wheel } from "./wheel.ts";

/** An operating system and processor, as `Deno.build` names them. */
export interface Platform {
  /** `"linux"`, `"darwin"`, `"windows"` or another. */
  readonly os: string;
  /** `"x86_64"` or `"aarch64"`. */
  readonly arch: string;
}

/** A wheel with libtensorflow. */
export interface TensorFlowWheel extends Wheel {
  /** CUDA's libraries where it is built for NVIDIA's cards, dependencies first; each lies in a folder of its own. */
  readonly cuda?: readonly Wheel[];
}

/** The release that is fetched. */
export const VERSION = "2.21.0";

const LINUX_X64: TensorFlowWheel = {
  requirement: `tensorflow-cpu==${VERSION}`,
  tag: "manylinux_2_27_x86_64",
  sha256: "dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb",
  bytes: 274_000_871,
  members: {
    "tensorflow/libtensorflow_framework.so.2": 65_222_328,
    "tensorflow/libtensorflow_cc.so.2": 788_086_608,
  },
};

const LINUX_X64_CUDA: TensorFlowWheel = {
  requirement: `tensorflow==${VERSION}`,
  tag: "manylinux_2_27_x86_64",
  sha256: "b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0",
  bytes: 572_611_111,
  members: {
    "tensorflow/libtensorflow_framework.so.2": 162_648_808,
    "tensorflow/libtensorflow_cc.so.2": 1_096_372_272,
  },
  cuda: CUDA_12,
};

const LINUX_ARM64: TensorFlowWheel = {
  requirement: `tensorflow==${VERSION}`,
  tag: "manylinux_2_27_aarch64",
  sha256: "b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552",
  bytes: 281_946_471,
  members: {
    "tensorflow/libtensorflow_framework.so.2": 68_176_664,
    "tensorflow/libtensorflow_cc.so.2": 814_885_544,
  },
};

const MACOS_ARM64: TensorFlowWheel = {
  requirement: `tensorflow==${VERSION}`,
  tag: "macosx_12_0_arm64",
  sha256: "56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712",
  bytes: 223_488_205,
  members: {
    "tensorflow/libtensorflow_framework.2.dylib": 49_452_976,
    "tensorflow/libtensorflow_cc.2.dylib": 691_352_648,
  },
};

const WINDOWS_X64: TensorFlowWheel = {
  requirement: `tensorflow-cpu==${VERSION}`,
  tag: "win_amd64",
  sha256: "13ed4af80e5c5ddd6849323abecb4804eb2770f7570b57fe20208ad1e58c5d12",
  bytes: 350_945_555,
  members: { "tensorflow/python/_pywrap_tensorflow_common.dll": 1_056_636_416 },
};

/**
 * The wheels for a system, the best first; none where TensorFlow publishes none.
 *
 * @param gpu whether TensorFlow can use an NVIDIA card, which it does on Linux with x64 only
 */
export function wheelsFor({ os, arch }: Platform, gpu: boolean): readonly TensorFlowWheel[] {
  switch (`${os} ${arch}`) {
    case "linux x86_64":
      return gpu ? [LINUX_X64_CUDA, LINUX_X64] : [LINUX_X64];
    case "linux aarch64":
      return [LINUX_ARM64];
    case "darwin aarch64":
      return [MACOS_ARM64];
    case "windows x86_64":
      return [WINDOWS_X64];
    default:
      return [];
  }
}

/**
 * The sets of files that make up libtensorflow, of which a folder needs to hold one, dependencies first. The first set
 * is that of Python's package, the rest those of C releases.
 */
export function libraryFiles({ os }: Platform): readonly (readonly string[])[] {
  switch (os) {
    case "darwin":
      return [
        ["libtensorflow_framework.2.dylib", "libtensorflow_cc.2.dylib"],
        ["libtensorflow_framework.2.dylib", "libtensorflow.2.dylib"],
        ["libtensorflow.2.dylib"],
        ["libtensorflow.dylib"],
      ];
    case "windows":
      return [["python/_pywrap_tensorflow_common.dll"], ["_pywrap_tensorflow_common.dll"], ["tensorflow.dll"]];
    default:
      return [
        ["libtensorflow_framework.so.2", "libtensorflow_cc.so.2"],
        ["libtensorflow_framework.so.2", "libtensorflow.so.2"],
        ["libtensorflow.so.2"],
        ["libtensorflow.so"],
      ];
  }
}

/** Where a system keeps libraries that were installed for all users. */
export function systemFolders({ os, arch }: Platform): readonly string[] {
  switch (os) {
    case "linux":
      return ["/usr/local/lib", "/usr/lib", `/usr/lib/${arch}-linux-gnu`];
    case "darwin":
      return ["/usr/local/lib", "/opt/homebrew/lib"];
    default:
      return [];
  }
}

/** Libraries of the system that libtensorflow needs and does not bring along, by the file that the loader looks for. */
export function systemLibraries({ os }: Platform): readonly { readonly file: string; readonly remedy: string }[] {
  if (os !== "windows") return [];
  return [
    { file: "python312.dll", remedy: "install Python 3.12 for all users, which puts it on the path" },
    { file: "vcruntime140_1.dll", remedy: "install Microsoft's Visual C++ runtime (vc_redist.x64.exe)" },
    { file: "msvcp140.dll", remedy: "install Microsoft's Visual C++ runtime (vc_redist.x64.exe)" },
  ];
}
