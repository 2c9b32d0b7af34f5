/** The CUDA 12 libraries that TensorFlow opens, as their publisher puts them into wheels. */
import type { Wheel } from "./wheel.ts";

/** In the order in which they are opened, dependencies first. */
export const CUDA_12: readonly Wheel[] = [
  {
    requirement: "nvidia-cuda-runtime-cu12==12.9.79",
    tag: "manylinux2014_x86_64",
    sha256: "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3",
    bytes: 3_493_179,
    members: {
      "nvidia/cuda_runtime/lib/libcudart.so.12": 741_088,
    },
  },
  {
    requirement: "nvidia-cuda-nvrtc-cu12==12.9.86",
    tag: "manylinux2010_x86_64",
    sha256: "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4",
    bytes: 89_568_129,
    members: {
      "nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so.12.9": 7_202_760,
      "nvidia/cuda_nvrtc/lib/libnvrtc.so.12": 106_244_480,
    },
  },
  {
    requirement: "nvidia-nvjitlink-cu12==12.9.86",
    tag: "manylinux2010_x86_64",
    sha256: "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9",
    bytes: 39_748_338,
    members: {
      "nvidia/nvjitlink/lib/libnvJitLink.so.12": 95_935_344,
    },
  },
  {
    requirement: "nvidia-cublas-cu12==12.9.3.13",
    tag: "manylinux_2_27_x86_64",
    sha256: "d7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72",
    bytes: 581_217_458,
    members: {
      "nvidia/cublas/lib/libcublas.so.12": 105_140_976,
      "nvidia/cublas/lib/libcublasLt.so.12": 749_169_616,
    },
  },
  {
    requirement: "nvidia-cufft-cu12==11.4.1.4",
    tag: "manylinux2014_x86_64",
    sha256: "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28",
    bytes: 200_877_592,
    members: {
      "nvidia/cufft/lib/libcufft.so.11": 291_507_928,
    },
  },
  {
    requirement: "nvidia-curand-cu12==10.3.10.19",
    tag: "manylinux_2_27_x86_64",
    sha256: "49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e",
    bytes: 68_295_626,
    members: {
      "nvidia/curand/lib/libcurand.so.10": 166_965_432,
    },
  },
  {
    requirement: "nvidia-cusparse-cu12==12.5.10.65",
    tag: "manylinux2014_x86_64",
    sha256: "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78",
    bytes: 366_465_088,
    members: {
      "nvidia/cusparse/lib/libcusparse.so.12": 486_556_368,
    },
  },
  {
    requirement: "nvidia-cusolver-cu12==11.7.5.82",
    tag: "manylinux_2_27_x86_64",
    sha256: "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88",
    bytes: 338_117_415,
    members: {
      "nvidia/cusolver/lib/libcusolver.so.11": 302_024_152,
    },
  },
  {
    requirement: "nvidia-cudnn-cu12==9.28.0.42",
    tag: "manylinux_2_27_x86_64",
    sha256: "9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375",
    bytes: 716_538_495,
    members: {
      "nvidia/cudnn/lib/libcudnn.so.9": 137_432,
      "nvidia/cudnn/lib/libcudnn_adv.so.9": 232_904_280,
      "nvidia/cudnn/lib/libcudnn_cnn.so.9": 4_203_992,
      "nvidia/cudnn/lib/libcudnn_engines_precompiled.so.9": 559_964_512,
      "nvidia/cudnn/lib/libcudnn_engines_runtime_compiled.so.9": 48_269_792,
      "nvidia/cudnn/lib/libcudnn_engines_tensor_ir.so.9": 2_099_128,
      "nvidia/cudnn/lib/libcudnn_ext.so.9": 10_492_448,
      "nvidia/cudnn/lib/libcudnn_graph.so.9": 115_563_344,
      "nvidia/cudnn/lib/libcudnn_heuristic.so.9": 96_473_944,
      "nvidia/cudnn/lib/libcudnn_ops.so.9": 92_284_600,
    },
  },
  {
    requirement: "nvidia-nccl-cu12==2.32.3",
    tag: "manylinux_2_27_x86_64",
    sha256: "bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c",
    bytes: 351_526_311,
    members: {
      "nvidia/nccl/lib/libnccl.so.2": 473_614_536,
    },
  },
];
