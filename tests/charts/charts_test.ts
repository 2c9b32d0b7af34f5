import { assert, assertEquals, assertNotEquals } from "deno-std/assert/mod.js";
import { barChart, lineChart, PALETTE, scatterChart, svgToPng } from "../../lib/charts/mod.ts";

const frame = { title: "Loss & <KL>", xLabel: "epoch", yLabel: "nats per picture", caption: "seed 1" };
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);

Deno.test("lineChart() labels both axes, names each line and escapes text", () => {
  const svg = lineChart(frame, [
    { name: "train", points: [[0, 300], [1, 250], [2, 240]] },
    { name: "test", points: [[0, 310], [1, NaN], [2, 243]] },
  ]);
  const shown = texts(svg);
  for (const text of ["epoch", "nats per picture", "train", "test", "seed 1", "Loss &amp; &lt;KL&gt;"]) {
    assert(shown.includes(text), `${text} is missing from ${shown}`);
  }
  assert(svg.includes(PALETTE[0]!) && svg.includes(PALETTE[1]!));
});

Deno.test("scatterChart() draws every point", () => {
  const points = Array.from({ length: 50 }, (_, i) => [i / 50, Math.sin(i)] as const);
  const empty = scatterChart(frame, [{ name: "a", points: [] }]);
  const full = scatterChart(frame, [{ name: "a", points }]);
  const count = (svg: string) => svg.match(/<path/g)?.length ?? 0;
  assert(count(full) - count(empty) >= 50, `${count(full)} paths`);
});

Deno.test("barChart() names its bars", () => {
  const shown = texts(barChart(frame, [{ name: "z7", value: 2 }, { name: "z1", value: 1 }]));
  assert(shown.includes("z7") && shown.includes("z1"));
});

Deno.test("svgToPng() gives a PNG of the SVG's size times the scale", async () => {
  const png = await svgToPng(lineChart({ ...frame, width: 300, height: 200 }, []), { scale: 2 });
  assertEquals([...png.subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
  const view = new DataView(png.buffer, png.byteOffset);
  assertEquals([view.getUint32(16), view.getUint32(20)], [600, 400]);
});

Deno.test("svgToPng() letters in the font that ships, whatever a machine has installed", async () => {
  const svg = (family: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><text y="15" font-family="${family}">βeta 8</text></svg>`;
  const png = await svgToPng(svg("sans-serif"));
  assertEquals(png, await svgToPng(svg("DejaVu Sans"))); // which some machines have
  assertNotEquals(png, await svgToPng(svg("sans-serif").replace("βeta 8", "")));
});
