import { assertAlmostEquals, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { OnnxSession } from "../../lib/inference/mod.ts";
import { tinyGraphs } from "./_models.ts";

const { latentDim, size, channels } = tinyGraphs;

async function withDecoder(work: (session: OnnxSession) => Promise<void>): Promise<void> {
  const session = await OnnxSession.open(tinyGraphs.decoder, { provider: "cpu" });
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

Deno.test("OnnxSession describes its inputs and outputs", () =>
  withDecoder(async (session) => {
    assertEquals(session.input, { name: "z", type: "float32", shape: ["batch", latentDim] });
    const shape = ["batch", size, size, channels];
    const outputs = session.outputs.toSorted((a, b) => a.name < b.name ? -1 : 1);
    assertEquals(outputs.map(({ name, type }) => [name, type]), [
      ["image", "float32"],
      ["logits", "float32"],
      ["pixels", "uint8"],
    ]);
    for (const output of outputs) assertEquals(output.shape.slice(1), shape.slice(1));
    await Promise.resolve();
  }));

Deno.test("OnnxSession.run() gives the outputs in the order asked for", () =>
  withDecoder(async (session) => {
    const z = new Float32Array(2 * latentDim).fill(0.5);
    const [pixels, logits, image] = await session.run(z, 2, ["pixels", "logits", "image"]);
    assertEquals(pixels instanceof Uint8Array && logits instanceof Float32Array, true);
    assertEquals(pixels!.length, 2 * size * size * channels);
    for (const [i, logit] of logits!.entries()) {
      assertAlmostEquals(image![i]!, 1 / (1 + Math.exp(-logit)), 1e-6);
      assertAlmostEquals(pixels![i]!, image![i]! * 255, 0.5 + 1e-4);
    }
  }));

Deno.test("OnnxSession.run() refuses data that doesn't fit, before the graph sees it", () =>
  withDecoder(async (session) => {
    const row = (last: number) => Float32Array.from({ length: latentDim }, (_, i) => i === latentDim - 1 ? last : 0);
    const faults: [Float32Array, number, string][] = [
      [new Float32Array(latentDim - 1), 1, `z must hold ${latentDim} numbers for each of 1: it holds ${latentDim - 1}`],
      [new Float32Array(latentDim), 2, "for each of 2"],
      [new Float32Array(0), 0, "one row or more"],
      [row(NaN), 1, `number ${latentDim - 1} is NaN`],
      [row(-Infinity), 1, "is -Infinity"],
      [Float32Array.from([...row(0), ...row(NaN)]), 2, `number ${latentDim - 1} of row 1 is NaN`],
    ];
    for (const [data, count, message] of faults) {
      const error = await assertRejects(() => session.run(data, count, ["pixels"]), LatentboardError, message);
      assertEquals([error.kind, error.field], ["invalid", "z"]);
    }
    await assertRejects(() => session.run(new Uint8Array(latentDim), 1, ["pixels"]), TypeError, "z is float32");
  }));

Deno.test("OnnxSession.close() waits for the runs under way and refuses later ones", async () => {
  const session = await OnnxSession.open(tinyGraphs.decoder, { provider: "cpu" });
  const z = new Float32Array(latentDim);
  const runs = Array.from({ length: 5 }, () => session.run(z, 1, ["pixels"]));
  await Promise.all([session.close(), session.close()]);
  for (const [pixels] of await Promise.all(runs)) assertEquals(pixels!.length, size * size * channels);
  const error = await assertRejects(() => session.run(z, 1, ["pixels"]), LatentboardError, "ask for it again");
  assertEquals(error.kind, "unavailable");
});

Deno.test("OnnxSession.run() lets the event loop turn between two runs", () =>
  withDecoder(async (session) => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const z = new Float32Array(64 * latentDim);
    for (let i = 0; i < 100; i++) await session.run(z, 64, ["pixels"]);
    clearInterval(timer);
    assertEquals(turns > 3, true, `${turns} turns`);
  }));
