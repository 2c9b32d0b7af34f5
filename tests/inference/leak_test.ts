import { assertEquals } from "deno-std/assert/mod.js";
import { ModelRuntime, ProviderSelector } from "../../lib/inference/mod.ts";
import { samplePrior } from "../../lib/latent/mod.ts";
import { tinyDocument, tinyGraphs } from "./_models.ts";

const megabytes = () => Deno.memoryUsage().rss / 1e6;
const cpu = new ProviderSelector(["cpu"]);
const z = samplePrior(1, 16, tinyGraphs.latentDim);

/** The least of three measurements: a leak grows in each, what other tests left to be collected does not. */
async function grownBy(rounds: number, work: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < rounds; i++) await work();
  const grown: number[] = [];
  for (let measurement = 0; measurement < 3; measurement++) {
    const before = megabytes();
    for (let i = 0; i < 2 * rounds; i++) await work();
    grown.push(megabytes() - before);
  }
  return Math.min(...grown);
}

Deno.test("ModelRuntime gives back what thousands of decodes and encodes took", async () => {
  const runtime = await ModelRuntime.open(tinyDocument, tinyGraphs, cpu);
  const grown = await grownBy(1500, async () => {
    const { pixels } = await runtime.decode(z, 16, { logits: true });
    await runtime.encode(pixels, 16);
  });
  await runtime.dispose();
  // 3,000 × 16 pictures and their logits are 184 MB
  assertEquals(grown < 20, true, `grew by ${grown.toFixed(1)} MB`);
});

Deno.test("ModelRuntime.dispose() gives back what its graphs took", async () => {
  const grown = await grownBy(40, async () => {
    const runtime = await ModelRuntime.open(tinyDocument, tinyGraphs, cpu);
    await runtime.dispose();
  });
  // 80 pairs of graphs that stay open are 31 MB
  assertEquals(grown < 12, true, `grew by ${grown.toFixed(1)} MB`);
});
