import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import fc from "fast-check";
import { LatentboardError } from "../../lib/errors.ts";
import { type DecodedBatch, ModelRuntime, pictureOf, ProviderSelector } from "../../lib/inference/mod.ts";
import { samplePrior } from "../../lib/latent/mod.ts";
import { tinyDocument, tinyGraphs } from "./_models.ts";

const { latentDim, size, channels } = tinyGraphs;
const PICTURE = size * size * channels;
const cpu = new ProviderSelector(["cpu"]);

async function withRuntime(work: (runtime: ModelRuntime) => Promise<void>): Promise<void> {
  const runtime = await ModelRuntime.open(tinyDocument, tinyGraphs, cpu);
  try {
    await work(runtime);
  } finally {
    await runtime.dispose();
  }
}

async function collect(batches: AsyncIterable<DecodedBatch>): Promise<Uint8Array[]> {
  const pictures: Uint8Array[] = [];
  for await (const batch of batches) for (let i = 0; i < batch.count; i++) pictures.push(pictureOf(batch, i));
  return pictures;
}

Deno.test("ModelRuntime.decode() gives pictures of the model's shape, and floats when asked", () =>
  withRuntime(async (runtime) => {
    const batch = await runtime.decode(samplePrior(1, 3, latentDim), 3, { logits: true, image: true });
    assertEquals([batch.count, batch.height, batch.width, batch.channels], [3, size, size, channels]);
    assertEquals([batch.pixels.length, batch.logits!.length, batch.image!.length], [
      3 * PICTURE,
      3 * PICTURE,
      3 * PICTURE,
    ]);
    for (const [i, value] of batch.image!.entries()) assertAlmostEquals(batch.pixels[i]!, value * 255, 0.501);
    assertEquals(Object.keys(await runtime.decode(new Array(latentDim).fill(0), 1)).includes("logits"), false);
  }));

Deno.test("ModelRuntime.decode() gives each latent the picture it has alone, whatever the batch", () =>
  withRuntime(async (runtime) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 150 }), fc.nat(), async (seed, count, pick) => {
        const z = samplePrior(seed, count, latentDim);
        const index = pick % count;
        const batch = await runtime.decode(z, count);
        const alone = await runtime.decode(z.subarray(index * latentDim, (index + 1) * latentDim), 1);
        const difference = pictureOf(batch, index).map((value, i) => Math.abs(value - alone.pixels[i]!));
        assertEquals(Math.max(...difference) <= 1, true); // one step of rounding, where kernels differ by batch
      }),
      { numRuns: 25 },
    );
  }));

Deno.test("ModelRuntime.frames() gives decode()'s pictures in order, a few at a time", () =>
  withRuntime(async (runtime) => {
    const z = samplePrior(2, 21, latentDim);
    const whole = await runtime.decode(z, 21);
    const counts: number[] = [];
    for await (const { count } of runtime.frames(z, 21, { chunk: 4 })) counts.push(count);
    assertEquals(counts, [4, 4, 4, 4, 4, 1]);
    await assertRejects(() => collect(runtime.frames(z, 21, { chunk: 0 })), RangeError, "from 1");
    const pictures = await collect(runtime.frames(z, 21));
    assertEquals(pictures.length, 21);
    for (const [i, picture] of pictures.entries()) {
      const expected = pictureOf(whole, i);
      assertEquals(picture.every((value, at) => Math.abs(value - expected[at]!) <= 1), true);
    }
  }));

Deno.test("ModelRuntime refuses latents and pictures that don't fit, and names the field", () =>
  withRuntime(async (runtime) => {
    const nan = new Array(latentDim).fill(0).with(1, NaN);
    const huge = new Array(latentDim).fill(0).with(1, 1e39); // infinite as float32
    for (const z of [[], [1], nan, huge]) {
      for (
        const work of [() => runtime.decode(z, 1), () => collect(runtime.frames(z, 1)), () => runtime.offManifold(z)]
      ) {
        const error = await assertRejects(work, LatentboardError);
        assertEquals([error.kind, error.field], ["invalid", "z"]);
      }
    }
    const error = await assertRejects(() => runtime.encode(new Uint8Array(PICTURE + 1), 1), LatentboardError);
    assertEquals([error.kind, error.field], ["invalid", "pixels"]);
  }));

Deno.test("ModelRuntime.decode() and frames() end when they are aborted", () =>
  withRuntime(async (runtime) => {
    const count = 20000;
    const z = samplePrior(3, 1, latentDim);
    const many = new Float32Array(count * latentDim);
    for (let i = 0; i < count; i++) many.set(z, i * latentDim);

    const reason = new Error("the reader left");
    const stopped = new AbortController();
    setTimeout(() => stopped.abort(reason), 5);
    assertEquals(await assertRejects(() => runtime.decode(many, count, { signal: stopped.signal })), reason);
    await assertRejects(() => runtime.encode(new Uint8Array(PICTURE), 1, { signal: stopped.signal }), Error, "left");

    const later = new AbortController();
    let pictures = 0;
    await assertRejects(
      async () => {
        for await (const batch of runtime.frames(many, count, { signal: later.signal })) {
          pictures += batch.count;
          if (pictures >= 16) later.abort(reason);
        }
      },
      Error,
      "left",
    );
    assertEquals(pictures < 32, true);
  }));

Deno.test("ModelRuntime.encode() gives one posterior per picture", () =>
  withRuntime(async (runtime) => {
    const { pixels } = await runtime.decode(samplePrior(4, 90, latentDim), 90);
    const { mu, logvar, count } = await runtime.encode(pixels, 90);
    assertEquals([count, mu.length, logvar.length], [90, 90 * latentDim, 90 * latentDim]);
    const last = await runtime.encode(pixels.subarray(89 * PICTURE), 1);
    for (let d = 0; d < latentDim; d++) {
      assertEquals(Math.abs(last.mu[d]! - mu[89 * latentDim + d]!) < 1e-4, true);
      assertEquals(Math.abs(last.logvar[d]! - logvar[89 * latentDim + d]!) < 1e-4, true);
    }
  }));

Deno.test("ModelRuntime.offManifold() measures from z to where decode and encode lead", () =>
  withRuntime(async (runtime) => {
    const z = samplePrior(5, 1, latentDim);
    const { distance, mu } = await runtime.offManifold(z);
    const { pixels } = await runtime.decode(z, 1);
    assertEquals(mu, (await runtime.encode(pixels, 1)).mu);
    const squares = [...mu].map((value, d) => (value - z[d]!) ** 2);
    const expected = Math.sqrt(squares.reduce((sum, square) => sum + square) / latentDim);
    assertEquals(Math.abs(distance - expected) < 1e-6, true);
  }));

Deno.test("ModelRuntime.offManifold() leaves dead latents out", async () => {
  const [latent] = tinyDocument.latents;
  const kl = new Array(latentDim).fill(1).with(0, 0);
  const constant = new Array(latentDim).fill(0);
  const statistics = {
    kl,
    mean: constant,
    standardDeviation: constant,
    quantiles: { probabilities: [], values: [] },
  };
  const document = { ...tinyDocument, latents: [{ ...latent!, statistics }] };
  const runtime = await ModelRuntime.open(document, tinyGraphs, cpu);
  const z = samplePrior(5, 1, latentDim);
  const { distance, mu } = await runtime.offManifold(z);
  await runtime.dispose();
  const squares = [...mu].map((value, d) => (value - z[d]!) ** 2).slice(1);
  const expected = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (latentDim - 1));
  assertEquals(Math.abs(distance - expected) < 1e-6, true);
});

Deno.test("ModelRuntime.open() refuses graphs that are not what model.json says", async () => {
  const [latent] = tinyDocument.latents;
  const wider = { ...tinyDocument, image: { ...tinyDocument.image, width: size + 1 } };
  const deeper = { ...tinyDocument, latents: [{ ...latent!, shape: [latentDim + 1] }] };
  const swapped = { decoder: tinyGraphs.encoder, encoder: tinyGraphs.decoder };
  const halved = { ...tinyGraphs, encoder: tinyGraphs.encoder.slice(0, 200) };
  const cases = [[wider, tinyGraphs], [deeper, tinyGraphs], [tinyDocument, swapped], [tinyDocument, halved]] as const;
  for (const [document, graphs] of cases) {
    const error = await assertRejects(
      () => ModelRuntime.open(document, graphs, cpu),
      LatentboardError,
      "train or copy",
    );
    assertEquals(error.kind, "damaged");
  }
});

Deno.test("ModelRuntime.dispose() waits for what was begun and refuses what comes after", async () => {
  const runtime = await ModelRuntime.open(tinyDocument, tinyGraphs, cpu);
  const z = new Float32Array(latentDim);
  const begun = runtime.decode(z, 1);
  await runtime.dispose();
  assertEquals((await begun).count, 1);
  const error = await assertRejects(() => runtime.decode(z, 1), LatentboardError);
  assertEquals(error.kind, "unavailable");
  await runtime.dispose();
});

Deno.test("pictureOf() refuses a picture that the batch doesn't have", () => {
  const batch: DecodedBatch = {
    count: 2,
    width: 2,
    height: 1,
    channels: 1,
    provider: "cpu",
    decoderSha256: "",
    pixels: Uint8Array.of(1, 2, 3, 4),
  };
  assertEquals([...pictureOf(batch, 1)], [3, 4]);
  for (const index of [-1, 2, 0.5]) assertThrows(() => pictureOf(batch, index), RangeError, "the batch has 2");
});
