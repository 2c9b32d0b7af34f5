/** The doctor's checks on machines with and without each part. */
import { assert, assertEquals } from "deno-std/assert/mod.js";
import * as checks from "../../lib/cli/support/checks.ts";

/** A machine with nothing on it, but for what is given. */
function machine(
  parts: Partial<checks.Machine> & { files?: string[]; programs?: Record<string, string> } = {},
): checks.Machine {
  const { files = [], programs = {}, ...rest } = parts;
  return {
    os: "linux",
    arch: "x86_64",
    denoVersion: "2.9.6",
    cores: 2,
    memory: 24e9,
    readText: () => Promise.resolve(undefined),
    exists: (path) => Promise.resolve(files.includes(path)),
    run: (program) => Promise.resolve(programs[program]),
    freeBytes: () => Promise.resolve(50e9),
    nvidia: () => ({ state: "absent" }),
    ...rest,
  };
}

Deno.test("checkDeno() passes 2.9 and later, and says how to get it otherwise", () => {
  assertEquals(checks.checkDeno(machine()).verdict, "ok");
  assertEquals(checks.checkDeno(machine({ denoVersion: "3.0.0" })).verdict, "ok");
  const old = checks.checkDeno(machine({ denoVersion: "2.8.1" }));
  assertEquals(old.verdict, "gap");
  assertEquals(old.fix, "deno upgrade --version 2.9.6");
});

Deno.test("checkProcessor() names the instruction sets that matter", async () => {
  const cpuinfo = "processor\t: 0\nflags\t\t: fpu avx2 fma avx512f sse\n";
  const found = await checks.checkProcessor(machine({ readText: () => Promise.resolve(cpuinfo) }));
  assertEquals(found.detail, "avx2, fma, avx512f");
  assertEquals((await checks.checkProcessor(machine())).verdict, "note");
});

Deno.test("checkNvidia() names the cards, or says what is wrong with the driver", () => {
  const gpus = [{ name: "NVIDIA H200", memory: 150_754_820_096 }, { name: "NVIDIA T4", memory: 15_843_721_216 }];
  const driver = { cuda: { major: 12, minor: 8 }, gpus, management: true };
  const card = checks.checkNvidia(machine({ nvidia: () => ({ state: "ready", driver }) }));
  assertEquals(card, {
    part: "NVIDIA driver",
    verdict: "ok",
    detail: "runs CUDA up to 12.8: gpu:0 NVIDIA H200 (151 GB), gpu:1 NVIDIA T4 (16 GB)",
  });
  const faulty = checks.checkNvidia(machine({ nvidia: () => ({ state: "faulty", fault: "restart" }) }));
  assertEquals([faulty.verdict, faulty.detail], ["gap", "restart"]);
  assertEquals(checks.checkNvidia(machine()).verdict, "note");
});

Deno.test("checkLibrary() gives the library's version and device, or says that it can't be opened", () => {
  const opened = checks.checkLibrary("/tf (setting)", '{"version":"2.21.0","placement":{"device":"CPU"}}');
  assertEquals([opened.verdict, opened.detail], ["ok", "2.21.0 (CPU), /tf (setting)"]);
  const card = { device: "GPU", index: 1, card: { name: "NVIDIA T4", memory: 16e9 } };
  const placed = checks.checkLibrary("/tf (cache)", JSON.stringify({ version: "2.21.0", placement: card }));
  assertEquals([placed.verdict, placed.detail], ["ok", "2.21.0 on gpu:1 (NVIDIA T4), /tf (cache)"]);
  const fault = { device: "CPU", fault: "the driver is too old" };
  const unplaced = checks.checkLibrary("/tf (cache)", JSON.stringify({ version: "2.21.0", placement: fault }));
  assertEquals([unplaced.verdict, unplaced.fix], ["gap", "deno task gpu"]);
  for (const output of [undefined, "", "Illegal instruction"]) {
    const closed = checks.checkLibrary("/tf (setting)", output);
    assertEquals([closed.verdict, closed.fix], ["gap", "python3 -m pip install tensorflow-cpu"]);
  }
});

Deno.test("checkEngines() names the engine that training takes, and each fall-back", () => {
  const wasm = { engine: "wasm", usable: true, detail: "XNNPACK in WebAssembly" };
  const cpu = { engine: "cpu", usable: true, detail: "plain JavaScript" };
  const software = { engine: "webgpu", usable: false, detail: "llvmpipe is a program, not a graphics card" };
  const lines = (tensorflow: boolean | "fetched", fallbacks: checks.Fallback[]) =>
    checks.checkEngines(tensorflow, fallbacks).map(({ part, verdict, detail }) => `${verdict} ${part}: ${detail}`);
  assertEquals(lines(true, [software, wasm, cpu]), [
    "ok training engine: tensorflow, with captured steps",
    "note training on webgpu: llvmpipe is a program, not a graphics card",
    "ok training on wasm: XNNPACK in WebAssembly: --engine wasm",
    "ok training on cpu: plain JavaScript: --engine cpu",
  ]);
  assertEquals(
    lines(false, [software, wasm, cpu])[0],
    "note training engine: wasm, several times slower than tensorflow (docs/engines.md)",
  );
  assertEquals(
    lines("fetched", [wasm])[0],
    "note training engine: tensorflow once it is fetched, or else wasm, several times slower than tensorflow " +
      "(docs/engines.md)",
  );
  const card = { engine: "webgpu", usable: true, detail: "Apple M3" };
  assert(lines(false, [card, wasm, cpu])[0]!.includes("webgpu"));
  assertEquals(checks.checkEngines(false, [software])[0]!.verdict, "gap");
});

Deno.test("checkDisk() minds a disk that is nearly full", async () => {
  assertEquals((await checks.checkDisk(machine(), "/home/me")).verdict, "ok");
  const full = await checks.checkDisk(machine({ freeBytes: () => Promise.resolve(1e9) }), "/home/me");
  assertEquals(full.verdict, "gap");
  assert(full.detail.startsWith("1.0 GB free for /home/me"));
  assertEquals(
    (await checks.checkDisk(machine({ freeBytes: () => Promise.resolve(undefined) }), "/x")).verdict,
    "note",
  );
});

Deno.test("checkFashionMnist() looks in Debian's package, then in the cache", async () => {
  const debian = "/usr/share/datasets/fashion-mnist";
  const found = await checks.checkFashionMnist(machine({ files: [`${debian}/train-images-idx3-ubyte.gz`] }), "/h");
  assertEquals(found.detail, debian);
  const cached = await checks.checkFashionMnist(
    machine({ files: ["/h/datasets/fashion-mnist/train-images-idx3-ubyte.gz"] }),
    "/h",
  );
  assertEquals(cached.verdict, "ok");
  assertEquals((await checks.checkFashionMnist(machine(), "/h")).fix, "deno task data");
});

for (
  const [name, check, having] of [
    ["checkChromium", checks.checkChromium, machine({ programs: { chromium: "Chromium 156" } })],
    ["checkPip", checks.checkPip, machine({ programs: { python3: "pip 25.0 from /usr/lib (python 3.12)" } })],
    [
      "checkEmojiFont",
      checks.checkEmojiFont,
      machine({ files: ["/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"] }),
    ],
  ] as const
) {
  Deno.test(`${name}() is right with and without the part, and names the fix`, async () => {
    assertEquals((await check(having)).verdict, "ok");
    const without = await check(machine());
    assertEquals(without.verdict, "gap");
    assert(without.fix?.startsWith("apt-get install "));
  });
}

Deno.test("THIS_MACHINE answers undefined for what is not there, and never throws", async () => {
  assertEquals(await checks.THIS_MACHINE.run("no-such-program-here", []), undefined);
  assertEquals(await checks.THIS_MACHINE.readText("no-such-file-here"), undefined);
  assertEquals(await checks.THIS_MACHINE.exists("no-such-file-here"), false);
  assertEquals(await checks.THIS_MACHINE.exists("deno.json"), true);
  assert((await checks.THIS_MACHINE.freeBytes("."))! > 0);
  assertEquals(await checks.THIS_MACHINE.freeBytes("no-such-folder-here"), undefined);
});
