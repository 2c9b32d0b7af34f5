// deno-lint-ignore-file no-console -- its output is what the test reads
/**
 * Opens every shipped model on an execution provider, with onnxruntime's own log of where each node runs, and writes
 * how far its pictures lie from those of the cpu. A process of its own, since Vulkan takes its driver from the
 * environment that the process began with.
 */
import * as ort from "onnxruntime-node";
import { listModels, readModelDocument, readModelFile } from "../../lib/model/mod.ts";
import { samplePrior } from "../../lib/latent/mod.ts";

const [provider = "webgpu"] = Deno.args;
const COUNT = 4;

/** The log names the provider of each node at this level alone. */
const LOGGED = { logSeverityLevel: 0, logVerbosityLevel: 1 } as const;

interface Result {
  readonly model: string;
  readonly greyLevels: number;
}

const results: Result[] = [];
for (const model of await listModels("models")) {
  const document = await readModelDocument("models", model);
  const encoder = await readModelFile("models", document, "encoder.onnx");
  await ort.InferenceSession.create(encoder, { executionProviders: [provider], ...LOGGED });
  const decoder = await readModelFile("models", document, "decoder.onnx");
  const [dim] = document.latents[0]!.shape as [number];
  const z = new ort.Tensor("float32", samplePrior(1, COUNT, dim), [COUNT, dim]);
  const pixels = async (options: ort.InferenceSession.SessionOptions) => {
    const session = await ort.InferenceSession.create(decoder, options);
    return (await session.run({ z }, ["pixels"])).pixels!.data as Uint8Array;
  };
  const theirs = await pixels({ executionProviders: [provider], ...LOGGED });
  const ours = await pixels({ executionProviders: ["cpu"] });
  results.push({ model, greyLevels: Math.max(...ours.map((value, i) => Math.abs(value - theirs[i]!))) });
}
console.log(JSON.stringify(results));
