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
const decode = (session: OnnxSession) => session.run(new Float32Array(tinyGraphs.latentDim), 1, ["pixels"]);

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
    const { session, report } = await selector.open(tinyGraphs.decoder, decode);
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
    const error = await assertRejects(() => selector.open(tinyGraphs.decoder, decode), LatentboardError, "add cpu");
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
    const error = await assertRejects(() => selector.open(bytes, decode), LatentboardError);
    assertEquals(error.kind, "damaged");
  }
});

Deno.test("ProviderSelector passes on what the trial says in Latentboard's own words", async () => {
  const fault = new LatentboardError("unsupported", "Not this one");
  const error = await assertRejects(() =>
    new ProviderSelector(["cpu"]).open(tinyGraphs.decoder, () => Promise.reject(fault))
  );
  assertEquals(error, fault);
});
