import { canLoad } from "../../lib/tensorflow/libc.ts";
import { assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import {
  type OnnxSession,
  parseProviders,
  probeProviders,
  PROVIDERS,
  ProviderSelector,
} from "../../lib/inference/mod.ts";
import { tinyGraphs } from "./_models.ts";

const { available } = await probeProviders();
const decoder = {
  bytes: tinyGraphs.decoder,
  run: (session: OnnxSession, count: number) =>
    session.run(new Float32Array(count * tinyGraphs.latentDim), count, ["pixels"]),
};

Deno.test("probeProviders() finds the cpu, and gives a reason for each that is missing", async () => {
  const probe = await probeProviders();
  assertEquals(probe.available.includes("cpu"), true);
  assertEquals([...probe.available, ...probe.rejected.map(({ name }) => name)].sort(), [...PROVIDERS].sort());
  for (const { reason } of probe.rejected) {
    assertEquals(reason.length > 10 && !reason.includes("\n") && !reason.includes("/onnxruntime_src/"), true, reason);
  }
});

Deno.test("parseProviders() refuses an unknown one, naming those that are known", () => {
  for (const names of [["cpu", "tpu"], []]) {
    const error = assertThrows(() => parseProviders(names), LatentboardError, "choose from cuda, webgpu, cpu");
    assertEquals([error.kind, error.field], ["invalid", "providers"]);
  }
  assertEquals(parseProviders(["cpu", "cuda", "cpu"]), ["cpu", "cuda"]);
});

Deno.test({
  name: "ProviderSelector falls back from a provider that fails, and says why",
  ignore: available.includes("cuda"), // here it would not fail
  fn: async () => {
    const selector = new ProviderSelector(["cuda", "cpu"]);
    const { session, report } = await selector.open(decoder);
    await session.close();
    assertEquals([session.provider, report.provider], ["cpu", "cpu"]);
    assertEquals(report.rejected.map(({ name }) => name), ["cuda"]);
    assertEquals(report.milliseconds > 0 && report.milliseconds < 1000, true);
  },
});

Deno.test({
  name: "ProviderSelector says what to do when none of a forced order can be had",
  ignore: available.includes("cuda"),
  fn: async () => {
    const selector = new ProviderSelector(["cuda"]);
    const error = await assertRejects(() => selector.open(decoder), LatentboardError, "add cpu");
    assertEquals(error.kind, "unavailable");
  },
});

Deno.test("ProviderSelector forces any order but the default one", () => {
  assertEquals(new ProviderSelector().forced, false);
  assertEquals(new ProviderSelector(PROVIDERS).forced, false);
  assertEquals(new ProviderSelector(["cpu"]).forced, true);
  assertEquals(new ProviderSelector(["webgpu", "cuda", "cpu"]).forced, true);
});

Deno.test("ProviderSelector refuses bytes that are no graph", async () => {
  const selector = new ProviderSelector(["cpu"]);
  for (const bytes of [new Uint8Array(), new Uint8Array(500).fill(8), tinyGraphs.decoder.slice(0, 300)]) {
    const error = await assertRejects(() => selector.open({ ...decoder, bytes }), LatentboardError);
    assertEquals(error.kind, "damaged");
  }
});

Deno.test("ProviderSelector passes on what the trial says in Latentboard's own words", async () => {
  const fault = new LatentboardError("unsupported", "Not this one");
  const error = await assertRejects(() =>
    new ProviderSelector(["cpu"]).open({ ...decoder, run: () => Promise.reject(fault) })
  );
  assertEquals(error, fault);
});

/** Runs a script in a process of its own and gives what it wrote to standard error. */
async function stderrOf(script: string, env: Record<string, string> = {}): Promise<string> {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-lock", `${script}\nDeno.exit(0);`],
    cwd: new URL("../../", import.meta.url).pathname,
    env: { NO_COLOR: "1", ...env },
  }).output();
  return new TextDecoder().decode(stderr);
}

Deno.test({
  name: "withoutStderr() discards what native code writes until a promise settles, and nothing after it",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const written = await stderrOf(`
      const { withoutStderr } = await import("./lib/tensorflow/libc.ts");
      const libc = Deno.dlopen("libc.so.6", { write: { parameters: ["i32", "buffer", "usize"], result: "isize" } });
      const write = (text) => libc.symbols.write(2, new TextEncoder().encode(text), BigInt(text.length));
      write("before ");
      await withoutStderr(async () => { write("noise "); await new Promise((done) => setTimeout(done, 20)); write("noise "); });
      await withoutStderr(() => Promise.reject(new Error("no"))).catch(() => {});
      withoutStderr(() => write("noise "));
      write("after");
    `);
    assertEquals(written, "before after");
  },
});

Deno.test({
  name: "probeProviders() lets nothing of WebGPU's library through where there is a Vulkan loader and no driver",
  ignore: Deno.build.os !== "linux" || !canLoad("libvulkan.so.1"),
  fn: async () => {
    const script = `
      const { probeProviders } = await import("./lib/inference/providers.ts");
      const { rejected } = await probeProviders(["webgpu", "cpu"]);
      if (rejected[0]?.name !== "webgpu") throw new Error("webgpu was not rejected");
    `;
    assertEquals(await stderrOf(script, { VK_DRIVER_FILES: "/no such driver.json" }), "");
  },
});
