/** Prints what NVIDIA's driver says, and what TensorFlow makes of it. */
import { judgeGpu } from "../../lib/tensorflow/library/gpu.ts";
import { nvidiaDriver } from "../../lib/tensorflow/nvidia.ts";

const verdict = judgeGpu({ os: "linux", arch: "x86_64", nvidia: nvidiaDriver });
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ report: nvidiaDriver(), verdict })));
