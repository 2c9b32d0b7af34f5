import { assert, assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import sharp from "sharp";
import { svgToPng } from "../../lib/charts/raster.ts";
import { axisTicks, drawLossCurves } from "../../lib/training/curves.ts";
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

Deno.test("axisTicks() covers the range in round steps", () => {
  assertEquals(axisTicks(0, 10, 5), [0, 5, 10]);
  assertEquals(axisTicks(237.2, 261.9, 5), [230, 240, 250, 260, 270]);
  assertEquals(axisTicks(0.012, 0.019, 5), [0.012, 0.014, 0.016, 0.018, 0.02]);
  assertEquals(axisTicks(5, 5, 5).length >= 2, true);
});

Deno.test("drawLossCurves() draws two lines in each of three panels, with labelled axes", () => {
  const svg = drawLossCurves(records, { title: "a <run>", lettering: "text" });
  assertEquals(svg.match(/<polyline/g)?.length, 6);
  for (const label of ["epoch", "nats a picture", "reconstruction", "KL divergence", "a &#60;run&#62;"]) {
    assertStringIncludes(svg, label);
  }
  assert(!svg.includes("NaN"));
});

Deno.test("drawLossCurves() draws axes for a run that has no epoch yet", () => {
  assert(!/NaN|Infinity|undefined/.test(drawLossCurves([], { title: "new", lettering: "text" })));
});

Deno.test("drawLossCurves() can be made a PNG by svgToPng(), with letters and both lines on it", async () => {
  const png = await svgToPng(drawLossCurves(records, { title: "run", lettering: "strokes" }));
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
});
