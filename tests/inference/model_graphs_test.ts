import { assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { chunkOf, ModelRuntime, type ProviderReport, ProviderSelector, reasonOf } from "../../lib/inference/mod.ts";
import { configureLog } from "../../lib/log.ts";
import { tinyDocument, tinyGraphs } from "./_models.ts";

const report = (milliseconds: number, batchMilliseconds: number): ProviderReport => ({
  provider: "cpu",
  milliseconds,
  batchMilliseconds,
  rejected: [],
});

Deno.test("chunkOf() cuts batches by what was measured at 1 and at 64 pictures", () => {
  assertEquals(chunkOf(report(0.1, 6.4)), 40); // a processor: 4 ms hold 40 pictures
  assertEquals(chunkOf(report(0.3, 0.6)), 64); // a card: 64 pictures take little more than one
  assertEquals(chunkOf(report(180, 500)), 64); // SwiftShader: most of a run is the same for any number
  assertEquals(chunkOf(report(48, 500)), 18);
  assertEquals(chunkOf(report(20, 1280)), 1); // a large model on a processor
});

/** Makes the decoder fail from its second run on, as that of a device that is lost. */
class LosingSelector extends ProviderSelector {
  lost = false;

  override async open(...graphs: Parameters<ProviderSelector["open"]>) {
    const opened = await super.open(...graphs);
    if (opened.report.provider === "cpu" && this.lost) return opened;
    const run = opened.session.run.bind(opened.session);
    opened.session.run = (...args) => {
      if (this.lost) return Promise.reject(new Error("CUDA failure 719: unspecified launch failure ; GPU=0"));
      return run(...args);
    };
    return { ...opened, report: { ...opened.report, provider: "webgpu" as const } };
  }
}

Deno.test("ModelRuntime moves to the next provider when the device is lost in the middle of work", async () => {
  configureLog({ level: "silent" });
  const selector = new LosingSelector(["cpu"]);
  const runtime = await ModelRuntime.open(tinyDocument, tinyGraphs, selector);
  try {
    const z = new Float32Array(tinyGraphs.latentDim * 3).fill(0.5);
    const before = await runtime.decode(z, 3);
    selector.lost = true;
    const begin = performance.now();
    const [after, at] = await Promise.all([runtime.decode(z, 3), runtime.decode(z, 3)]);
    assertEquals(performance.now() - begin < 5000, true);
    assertEquals([before.provider, after.provider, at.provider], ["webgpu", "cpu", "cpu"]);
    assertEquals([after.pixels, at.pixels], [before.pixels, before.pixels]);
    assertEquals(runtime.report.rejected, [{
      name: "webgpu",
      reason: "it failed in the middle of work: CUDA failure 719: unspecified launch failure",
    }]);
  } finally {
    await runtime.dispose();
    configureLog({ level: "info" });
  }
  await assertRejects(() => runtime.decode(new Float32Array(tinyGraphs.latentDim), 1), Error, "unloaded");
});

Deno.test("reasonOf() keeps what a native error says at its end", () => {
  const cuda = "/onnxruntime_src/core/providers/cuda/cuda_call.cc:129 std::conditional_t<THRW, void, Status> " +
    "onnxruntime::CudaCall(ERRTYPE, const char*) [with ERRTYPE = cudaError; bool THRW = true] CUDA failure 100: " +
    "no CUDA-capable device is detected ; GPU=-1 ; hostname=host ; file=a.cc ; line=282 ; expr=cudaSetDevice(0);";
  assertEquals(reasonOf(new Error(cuda)), "CUDA failure 100: no CUDA-capable device is detected");
  const long = `${"template ".repeat(100)}libcudnn.so.9: cannot open shared object file`;
  assertEquals(reasonOf(long).endsWith("libcudnn.so.9: cannot open shared object file"), true);
  assertEquals(reasonOf("first line\n  last line \n"), "last line");
});
