/**
 * What ONNX Runtime's CUDA provider consists of: CUDA 13's libraries, and the provider itself out of the wheel of
 * exactly onnxruntime-node's version, which is built from the same commit. docs/gpu.md says why CUDA 13.
 */

/** A wheel of Python's package index, of which some files are taken; lib/tensorflow fetches it. */
export interface CudaWheel {
  /** What pip is asked for. */
  readonly requirement: string;
  /** The platform tag that pip is asked for. */
  readonly tag: string;
  readonly sha256: string;
  readonly bytes: number;
  /** The files taken from it, and their size unpacked. */
  readonly members: Readonly<Record<string, number>>;
}

/** In the order in which they are opened, dependencies first; the provider comes last. */
export const CUDA_13: readonly CudaWheel[] = [
  {
    requirement: "nvidia-cuda-runtime==13.5.37",
    tag: "manylinux2014_x86_64",
    sha256: "df2b79a8852f10d1fef8c848489c49eebb5754051bf870202a862831412b179d",
    bytes: 2_504_024,
    members: {
      "nvidia/cu13/lib/libcudart.so.13": 806_720,
    },
  },
  {
    requirement: "nvidia-cublas==13.10.0.20",
    tag: "manylinux1_x86_64",
    sha256: "dcc6d63884c53d07e267ce7e6feac17b2538cebaafec5db865736c3e28e4dc84",
    bytes: 444_289_903,
    members: {
      "nvidia/cu13/lib/libcublas.so.13": 57_282_152,
      "nvidia/cu13/lib/libcublasLt.so.13": 551_653_208,
    },
  },
  {
    requirement: "nvidia-curand==10.4.5.25",
    tag: "manylinux_2_27_x86_64",
    sha256: "22bb226a857e5888fe6b54ae465fc4371296bcff13a35f79e19691bcf454f529",
    bytes: 77_113_015,
    members: {
      "nvidia/cu13/lib/libcurand.so.10": 104_860_296,
    },
  },
  {
    requirement: "nvidia-cuda-nvrtc==13.5.37",
    tag: "manylinux2010_x86_64",
    sha256: "86b4d68058807988b7d9af5b44917a0601e9c337f35ccd657bfb3c759ff8d8bc",
    bytes: 58_185_930,
    members: {
      "nvidia/cu13/lib/libnvrtc-builtins.so.13.5": 7_268_296,
      "nvidia/cu13/lib/libnvrtc.so.13": 141_163_664,
    },
  },
  {
    requirement: "nvidia-cudnn-cu13==9.28.1.4",
    tag: "manylinux_2_27_x86_64",
    sha256: "a54f205b1db1f2895d99f398754db1369816f0569dd459731f925635cf7b65ec",
    bytes: 516_817_937,
    members: {
      "nvidia/cudnn/lib/libcudnn.so.9": 137_432,
      "nvidia/cudnn/lib/libcudnn_adv.so.9": 92_392_360,
      "nvidia/cudnn/lib/libcudnn_cnn.so.9": 4_204_144,
      "nvidia/cudnn/lib/libcudnn_engines_precompiled.so.9": 260_072_128,
      "nvidia/cudnn/lib/libcudnn_engines_runtime_compiled.so.9": 41_978_752,
      "nvidia/cudnn/lib/libcudnn_engines_tensor_ir.so.9": 249_581_552,
      "nvidia/cudnn/lib/libcudnn_ext.so.9": 10_492_592,
      "nvidia/cudnn/lib/libcudnn_graph.so.9": 149_118_552,
      "nvidia/cudnn/lib/libcudnn_heuristic.so.9": 96_473_968,
      "nvidia/cudnn/lib/libcudnn_ops.so.9": 35_661_648,
    },
  },
  {
    requirement: "onnxruntime-gpu==1.30.0",
    tag: "manylinux_2_28_x86_64",
    sha256: "6acc0f4b3d5ac5f2984432faa59dd8fcce6775f8b43a7140afa0f322c7a703b1",
    bytes: 246_685_715,
    members: {
      "onnxruntime/capi/libonnxruntime_providers_cuda.so": 272_049_904,
      "onnxruntime/capi/libonnxruntime_providers_shared.so": 14_632,
    },
  },
];
