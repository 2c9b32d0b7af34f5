import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import { join } from "deno-std/path/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { ModelPool, type ModelPoolOptions } from "../../lib/inference/mod.ts";
import { configureLog } from "../../lib/log.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

configureLog({ level: "error" }); // damaged models are warned about

/** A models folder with what `names` lists, and a pool on it that looks at model.json at every use. */
async function withPool(
  names: string[],
  work: (pool: ModelPool, folder: string) => Promise<void>,
  options: Partial<ModelPoolOptions> = {},
): Promise<void> {
  const folder = await Deno.makeTempDir();
  for (const [seed, name] of names.entries()) await writeTinyModel(folder, { name, size: 8, seed });
  const pool = new ModelPool({ models: folder, providers: ["cpu"], checkEveryMs: 0, ...options });
  try {
    await work(pool, folder);
  } finally {
    await pool.dispose();
    await Deno.remove(folder, { recursive: true });
  }
}

const Z = [0.5, -0.5];

async function assertFault(work: () => Promise<unknown>, kind: string): Promise<void> {
  const error = await assertRejects(work, LatentboardError);
  assertEquals(error.kind, kind, error.message);
}

Deno.test("ModelPool.list() shows every model that can be read, and only those", () =>
  withPool(["b", "a"], async (pool, folder) => {
    await Deno.mkdir(join(folder, "broken"));
    await Deno.writeTextFile(join(folder, "broken", "model.json"), '{"formatVersion": 1}');
    await Deno.mkdir(join(folder, "empty"));
    await Deno.writeTextFile(join(folder, "notes.txt"), "");
    assertEquals((await pool.list()).map(({ name, latentDim }) => [name, latentDim]), [["a", 2], ["b", 2]]);
    await Deno.remove(join(folder, "a"), { recursive: true });
    assertEquals((await pool.list()).map(({ name }) => name), ["b"]);
    await Deno.remove(join(folder, "b"), { recursive: true });
    assertEquals(await pool.list(), []);
  }));

Deno.test("ModelPool.detail() gives what the board needs", () =>
  withPool(["a"], async (pool) => {
    const detail = await pool.detail("a");
    assertEquals([detail.name, detail.provider, detail.dimensions.length], ["a", "cpu", 2]);
    assertEquals(detail.decoderSha256, (await pool.document("a")).files["decoder.onnx"]!.sha256);
    assertEquals(detail.labels.map(({ name }) => name), ["first", "second"]);
  }));

Deno.test("ModelPool.get() loads a model once, however many ask", () =>
  withPool(["a"], async (pool) => {
    const all = await Promise.all(Array.from({ length: 8 }, () => pool.get("a")));
    assertEquals(new Set(all).size, 1);
    assertEquals(await pool.get("a"), all[0]);
  }));

Deno.test("ModelPool.get() refuses names that are none, and models that are not there", () =>
  withPool([], async (pool) => {
    for (const name of ["", "..", "../a", "a/b", "A", "a\0", ".hidden", "x".repeat(65)]) {
      await assertFault(() => pool.get(name), "invalid");
      await assertFault(() => pool.document(name), "invalid");
    }
    await assertFault(() => pool.get("missing"), "not-found");
    await assertFault(() => pool.get("missing"), "not-found");
    await assertFault(() => pool.detail("missing"), "not-found");
  }));

Deno.test("ModelPool.get() refuses a graph with one flipped bit, wherever it is", () =>
  withPool(["a"], async (pool, folder) => {
    for (const file of ["decoder.onnx", "encoder.onnx"]) {
      const path = join(folder, "a", file);
      const bytes = await Deno.readFile(path);
      for (const part of [0, 0.3, 0.6, 1]) {
        const flipped = bytes.slice();
        flipped[Math.floor(part * (bytes.length - 1))]! ^= 1;
        await Deno.writeFile(path, flipped);
        const error = await assertRejects(() => pool.get("a"), LatentboardError, `altered ${file}`);
        assertEquals(error.kind, "damaged");
      }
      await Deno.writeFile(path, bytes);
    }
    await (await pool.get("a")).decode(Z, 1); // and takes it once it is whole again
  }));

Deno.test("ModelPool loads a model again when it was replaced", () =>
  withPool(["a"], async (pool, folder) => {
    const old = await pool.get("a");
    const before = await old.decode(Z, 1, { logits: true });
    await writeTinyModel(folder, { name: "a", size: 8, seed: 99 });
    const fresh = await pool.get("a");
    assertNotEquals((await fresh.decode(Z, 1, { logits: true })).logits, before.logits);
    assertEquals((await pool.document("a")).files, fresh.document.files);
    await assertFault(() => old.decode(Z, 1), "unavailable");
  }));

Deno.test("ModelPool looks at model.json again only after a while", () =>
  withPool(["a"], async (pool, folder) => {
    const old = await pool.get("a");
    await writeTinyModel(folder, { name: "a", size: 8, seed: 99 });
    assertEquals(await pool.get("a"), old);
    await old.decode(Z, 1);
  }, { checkEveryMs: 60_000 }));

Deno.test("ModelPool never shows a half, while a model is replaced again and again", () =>
  withPool(["a"], async (pool, folder) => {
    let writing = true;
    const writer = (async () => {
      for (let seed = 0; seed < 10; seed++) {
        await writeTinyModel(folder, { name: "a", size: 8, seed });
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      writing = false;
    })();
    let decoded = 0;
    while (writing) {
      await pool.use("a", (runtime) => runtime.decode(Z, 1));
      decoded++;
    }
    await writer;
    assertEquals(decoded > 5, true, `${decoded} decodes`);
  }));

Deno.test("ModelPool.use() holds a model that was replaced until the work is done", () =>
  withPool(["a"], async (pool, folder) => {
    await pool.use("a", async (runtime) => {
      const before = await runtime.decode(Z, 1, { logits: true });
      await writeTinyModel(folder, { name: "a", size: 8, seed: 99 });
      assertNotEquals(await pool.get("a"), runtime);
      assertEquals((await runtime.decode(Z, 1, { logits: true })).logits, before.logits);
    });
  }));

Deno.test("ModelPool unloads the model that was used the longest ago, but none that is in use", () =>
  withPool(["a", "b", "c"], async (pool) => {
    const a = await pool.get("a");
    await pool.get("b");
    assertEquals(await pool.get("a"), a);
    await pool.get("c");
    assertEquals((await pool.status()).loaded, ["a", "c"]);
    await pool.use("a", async (held) => {
      await pool.get("b");
      await pool.get("c");
      assertEquals(await held.decode(Z, 1).then(({ count }) => count), 1);
      assertEquals((await pool.status()).loaded, ["a", "c"]);
    });
  }, { capacity: 2 }));

Deno.test("ModelPool.status() reports the provider before and after a model is loaded", () =>
  withPool(["a"], async (pool) => {
    assertEquals(await pool.status(), { provider: "cpu", rejected: [], loaded: [] });
    await pool.get("a");
    const { provider, milliseconds, loaded } = await pool.status();
    assertEquals([provider, loaded], ["cpu", ["a"]]);
    assertEquals(milliseconds! > 0, true);
  }));

Deno.test("ModelPool.dispose() waits for runs under way and refuses what comes after", async () => {
  await withPool(["a"], async (pool) => {
    const runtime = await pool.get("a");
    const begun = runtime.decode(Z, 1);
    const loading = pool.use("a", (held) => held.decode(Z, 1));
    await Promise.all([pool.dispose(), begun, loading.catch(() => {})]);
    await assertFault(() => pool.get("a"), "unavailable");
    await assertFault(() => runtime.decode(Z, 1), "unavailable");
  });
});

Deno.test("ModelPool refuses options that make no sense", () => {
  assertThrows(() => new ModelPool({ models: "m", capacity: 0 }), RangeError, "from 1");
  assertThrows(() => new ModelPool({ models: "m", providers: ["gpu"] }), LatentboardError, "choose from");
});
