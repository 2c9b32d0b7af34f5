import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import sharp from "sharp";
import { svgToPng } from "../../lib/charts/raster.ts";
import { drawLossCurve, drawLossCurves } from "../../lib/training/curves.ts";
import type { EpochRecord } from "../../lib/training/history.ts";

const records: EpochRecord[] = [1, 2, 3].map((epoch) => ({
  epoch,
  step: epoch,
  learningRate: 1e-3,
  beta: 1,
  train: { loss: 300 / epoch, reconstruction: 280 / epoch, kl: 20 / epoch },
  validation: { loss: 310 / epoch, reconstruction: 290 / epoch, kl: epoch === 2 ? NaN : 20 / epoch, activeUnits: 3 },
  seconds: 1,
  imagesPerSecond: 1,
}));

Deno.test("drawLossCurves() draws two lines in each of three panels, with labelled axes", () => {
  const svg = drawLossCurves("a <run>", records);
  for (const color of ["#0072b2", "#d55e00"]) {
    assertEquals(svg.match(new RegExp(`<path d="M[^"]*" fill="none"[^>]* stroke="${color}"`, "g"))?.length, 3, color);
  }
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
  for (const label of ["a &lt;run&gt;", "Loss", "Reconstruction", "KL divergence", "training", "held-out"]) {
    assertEquals(texts.filter((text) => text === label).length, 1, label);
  }
  assertEquals([texts.filter((t) => t === "epoch").length, texts.filter((t) => t === "nats per picture").length], [
    3,
    3,
  ]);
  assert(!svg.includes("NaN"));
});

Deno.test("drawLossCurves() draws axes for a run that has no epoch yet", () => {
  const svg = drawLossCurves("new", []);
  assert(!/NaN|Infinity|undefined/.test(svg), svg);
  assertEquals(svg.match(/>epoch</g)?.length, 3);
});

Deno.test("drawLossCurve() names its part, its axes and its lines", () => {
  const svg = drawLossCurve("made", records, "kl", { caption: "seed 1" });
  for (const text of ["KL divergence of made", "epoch", "nats per picture", "training", "held-out", "seed 1"]) {
    assertStringIncludes(svg, `>${text}<`);
  }
});

Deno.test("drawLossCurves() can be made a PNG by svgToPng(), with letters and both lines on it", async () => {
  const png = await svgToPng(drawLossCurves("run", records));
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  assertEquals([info.width, info.height], [1920, 552]);
  const has = (red: number, green: number, blue: number) => {
    for (let i = 0; i < data.length; i += 3) {
      if (data[i] === red && data[i + 1] === green && data[i + 2] === blue) return true;
    }
    return false;
  };
  assert(has(0x00, 0x72, 0xb2), "the training line");
  assert(has(0xd5, 0x5e, 0x00), "the held-out line");
  assert(has(0x22, 0x22, 0x22), "the axes");
  assertNotEquals(png, await svgToPng(drawLossCurves("sun", records)), "letters are drawn");
});
