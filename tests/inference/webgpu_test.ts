import { assertEquals, assertMatch } from "deno-std/assert/mod.js";
import { dirname, fromFileUrl } from "deno-std/path/mod.js";
import type { ProviderProbe, ProviderReport } from "../../lib/inference/mod.ts";

/** Vulkan in software: SwiftShader, as Debian's Chromium package brings it, with a Vulkan loader beside it. */
const SWIFTSHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";

interface Result {
  readonly report: ProviderReport;
  readonly pixels: number[];
  readonly image: number[];
  readonly logits: number[];
  readonly mu: number[];
  readonly logvar: number[];
}

interface Seen {
  readonly probe: ProviderProbe;
  readonly forced: Result;
  readonly chosen: Result;
  readonly cpu: Result;
}

/** Runs a script of this folder on SwiftShader. */
async function onSwiftShader(script: string): Promise<{ stdout: string; stderr: string }> {
  const libraries = [Deno.env.get("LD_LIBRARY_PATH"), dirname(SWIFTSHADER)].filter(Boolean).join(":");
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", fromFileUrl(new URL(script, import.meta.url))],
    env: { VK_DRIVER_FILES: SWIFTSHADER, LD_LIBRARY_PATH: libraries },
  }).output();
  const text = { stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  assertEquals(success, true, text.stderr);
  return text;
}

async function look(): Promise<Seen | undefined> {
  if (!await Deno.stat(SWIFTSHADER).then(() => true, () => false)) return undefined;
  const seen: Seen = JSON.parse((await onSwiftShader("./_webgpu_child.ts")).stdout);
  return seen.probe.available.includes("webgpu") ? seen : undefined;
}

const seen = await look();
const ignore = seen === undefined;
const because = ignore ? " (skipped: no SwiftShader, or no WebGPU provider that opens on it)" : "";

/** The largest difference, relative to the largest magnitude expected. */
function difference(actual: number[], expected: number[]): number {
  assertEquals(actual.length, expected.length);
  const magnitude = Math.max(...expected.map(Math.abs));
  return Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!))) / magnitude;
}

Deno.test({
  name: `ModelRuntime decodes and encodes the same with WebGPU as with the cpu${because}`,
  ignore,
  fn: () => {
    const { forced, cpu } = seen!;
    assertEquals([forced.report.provider, cpu.report.provider], ["webgpu", "cpu"]);
    assertEquals(new Set(cpu.pixels).size > 20, true); // a picture, not one shade
    assertEquals(Math.max(...forced.pixels.map((value, i) => Math.abs(value - cpu.pixels[i]!))) <= 1, true);
    assertEquals(Math.max(...forced.image.map((value, i) => Math.abs(value - cpu.image[i]!))) < 1e-5, true);
    for (const name of ["logits", "mu", "logvar"] as const) {
      const found = difference(forced[name], cpu[name]);
      assertEquals(found < 1e-4, true, `${name} differs by ${found}`);
    }
  },
});

Deno.test({
  name: `ProviderSelector keeps the quicker of WebGPU and the cpu by trial, not by name${because}`,
  ignore,
  fn: () => {
    const { chosen, forced } = seen!;
    assertEquals(chosen.report.provider, "cpu");
    assertEquals(forced.report.milliseconds > chosen.report.milliseconds, true);
    const beaten = chosen.report.rejected.find(({ name }) => name === "webgpu")!;
    assertMatch(beaten.reason, /^[\d.]+ ms per picture and [\d.]+ ms for 64, cpu takes [\d.]+ ms per picture and/);
  },
});

Deno.test({
  name: `every node of the shipped models runs on WebGPU, within one grey level of the cpu${because}`,
  ignore,
  fn: async () => {
    const { stdout, stderr } = await onSwiftShader("./_placement_child.ts");
    const results = JSON.parse(stdout) as { model: string; greyLevels: number }[];
    assertEquals(results.map(({ model }) => model), ["emoji", "fashion-mnist", "fashion-mnist-2d"]);
    for (const { model, greyLevels } of results) assertEquals(greyLevels <= 1, true, `${model}: ${greyLevels}`);
    const placements = [...stderr.matchAll(/odes placed on \[(\w+)\]/g)].map(([, provider]) => provider);
    const onGpu = placements.filter((provider) => provider === "WebGpuExecutionProvider").length;
    assertEquals([onGpu, placements.length], [3 * 2, 3 * 2], "two graphs of each model, all nodes on the GPU");
  },
});
