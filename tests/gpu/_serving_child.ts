// deno-lint-ignore-file no-console -- prints for the test that started it
/** Opens the provider as the server does, then every shipped graph on it with onnxruntime's whole log. */
import { openCuda, probeProviders, useCudaCache } from "../../lib/inference/mod.ts";
import { listModels, readModelDocument, readModelFile } from "../../lib/model/mod.ts";

const [home = ""] = Deno.args;
useCudaCache(home);
const fault = await openCuda();
const { available, rejected } = await probeProviders(["cuda", "cpu"]);
if (available.includes("cuda")) {
  const ort = await import("onnxruntime-node");
  for (const model of await listModels("models")) {
    const document = await readModelDocument("models", model);
    for (const file of ["decoder.onnx", "encoder.onnx"]) {
      const options = { executionProviders: ["cuda"], logSeverityLevel: 0, logVerbosityLevel: 1 } as const;
      await ort.InferenceSession.create(await readModelFile("models", document, file), options);
    }
  }
}
console.log(JSON.stringify({ fault, available, rejected }));
