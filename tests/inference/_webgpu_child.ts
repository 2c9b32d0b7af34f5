// deno-lint-ignore-file no-console -- its output is what the test reads
/**
 * Decodes and encodes with WebGPU and with the cpu, and writes what it saw as JSON. A process of its own, since Vulkan
 * takes its driver from the environment that the process began with.
 */
import { ModelRuntime, probeProviders, ProviderSelector } from "../../lib/inference/mod.ts";
import { samplePrior } from "../../lib/latent/mod.ts";
import { tinyDocument, tinyGraphs } from "./_models.ts";

const COUNT = 9;
const z = samplePrior(1, COUNT, tinyGraphs.latentDim);

async function run(providers?: string[]) {
  const runtime = await ModelRuntime.open(tinyDocument, tinyGraphs, new ProviderSelector(providers));
  const { pixels, image, logits } = await runtime.decode(z, COUNT, { image: true, logits: true });
  const grey = new Uint8Array(pixels.length).map((_, i) => i * 37 % 256);
  const { mu, logvar } = await runtime.encode(grey, COUNT);
  await runtime.dispose();
  const floats = { image: [...image!], logits: [...logits!], mu: [...mu], logvar: [...logvar] };
  return { report: runtime.report, pixels: [...pixels], ...floats };
}

const probe = await probeProviders(["webgpu", "cpu"]);
const result = probe.available.includes("webgpu")
  ? { probe, forced: await run(["webgpu", "cpu"]), chosen: await run(), cpu: await run(["cpu"]) }
  : { probe };
console.log(JSON.stringify(result));
