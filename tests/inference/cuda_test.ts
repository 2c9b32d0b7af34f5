import { assertEquals, assertMatch } from "deno-std/assert/mod.js";
import { CUDA_13, cudaFolder, type CudaMachine, openCudaIn } from "../../lib/inference/mod.ts";
import deno from "../../deno.json" with { type: "json" };

const CACHE = "/home/cache/onnxruntime";
const gpus = [{ name: "NVIDIA H100", memory: 85e9 }];

/** A Linux machine with a driver of CUDA 13 and everything in its cache; it records what is opened. */
function machine(parts: Partial<CudaMachine> = {}): CudaMachine & { readonly opened: string[] } {
  const opened: string[] = [];
  return {
    os: "linux",
    arch: "x86_64",
    nvidia: () => ({ state: "ready", driver: { cuda: { major: 13, minor: 0 }, gpus, management: true } }),
    exists: () => Promise.resolve(true),
    open: (path) => opened.push(path) > 0,
    opened,
    ...parts,
  };
}

Deno.test("openCudaIn() opens dependencies first, and onnxruntime's own library last, through the provider's folder", async () => {
  const linux = machine();
  assertEquals(await openCudaIn(CACHE, linux), undefined);
  const names = linux.opened.map((path) => path.slice(path.lastIndexOf("/") + 1).split(".so")[0]!);
  const place = (name: string) => names.indexOf(`lib${name}`);
  const order = ["cudart", "cublasLt", "cublas", "curand", "nvrtc", "cudnn_graph", "cudnn_ops", "cudnn_cnn"].map(place);
  assertEquals(order, order.toSorted((a, b) => a - b), names.join());
  assertEquals(linux.opened.at(-1), `${cudaFolder(CACHE, CUDA_13.at(-1)!)}/libonnxruntime.so.1`);
});

Deno.test("openCudaIn() says in one sentence why there is no CUDA provider, and what to do", async () => {
  const faulty = { state: "faulty", fault: "restart the machine" } as const;
  const old = { state: "ready", driver: { cuda: { major: 12, minor: 4 }, gpus, management: true } } as const;
  const cases: [Partial<CudaMachine>, string][] = [
    [{ nvidia: () => ({ state: "absent" }) }, "there is no NVIDIA driver"],
    [{ nvidia: () => faulty }, "restart the machine"],
    [
      { nvidia: () => old },
      "NVIDIA's driver is too old: it runs CUDA 12.4 and ONNX Runtime's CUDA provider needs 13; update it to 580 or " +
      "later, or serve on WebGPU, which runs on older drivers",
    ],
    [{ os: "windows" }, "it is to be had on Linux x64 alone"],
    [{ exists: (path) => Promise.resolve(!path.includes("cudnn")) }, "it is not here: deno task gpu fetches it"],
    [
      { open: (path) => !path.includes("libcurand") },
      "libcurand.so.10 can't be opened: deno task gpu fetches it again",
    ],
  ];
  for (const [parts, sentence] of cases) assertEquals(await openCudaIn(CACHE, machine(parts)), sentence);
  assertEquals(await openCudaIn(undefined, machine()), "it is not here: deno task gpu fetches it");
});

Deno.test("the provider's wheel is of exactly onnxruntime-node's version", () => {
  const { requirement } = CUDA_13.at(-1)!;
  const version = deno.scopes["./"]["onnxruntime-node"].split("@")[1];
  assertEquals(requirement, `onnxruntime-gpu==${version}`);
  for (const { sha256 } of CUDA_13) assertMatch(sha256, /^[0-9a-f]{64}$/);
});
