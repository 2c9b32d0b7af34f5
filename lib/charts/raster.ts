/** SVG plots as PNG, lettered in the font that ships: what a machine has installed changes nothing. */

const FONT = new URL("./fonts/OpenSans-Regular.ttf", import.meta.url);

let started: Promise<{ readonly font: Uint8Array; readonly resvg: typeof import("@resvg/resvg-wasm") }> | undefined;

/**
 * Draws an SVG document as a PNG.
 *
 * @param svg one of ours
 * @param options `scale` is PNG pixels per SVG pixel, 2 by default
 */
export async function svgToPng(svg: string, options: { readonly scale?: number } = {}): Promise<Uint8Array> {
  const { resvg, font } = await (started ??= start());
  const drawing = new resvg.Resvg(svg, {
    fitTo: { mode: "zoom", value: options.scale ?? 2 },
    font: { fontBuffers: [font], loadSystemFonts: false, defaultFontFamily: "Open Sans", sansSerifFamily: "Open Sans" },
  });
  try {
    return drawing.render().asPng();
  } finally {
    drawing.free();
  }
}

async function start() {
  const resvg = await import("@resvg/resvg-wasm"); // when needed: it is not small
  await resvg.initWasm(await Deno.readFile(new URL(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm"))));
  return { resvg, font: await Deno.readFile(FONT) };
}
