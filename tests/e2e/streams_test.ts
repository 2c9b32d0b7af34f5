import { assert, assertEquals } from "deno-std/assert/mod.js";
import type { Page } from "playwright-core";
import {
  boardPixels,
  browserTest,
  eventually,
  latent,
  openBoard,
  type RunningApp,
  traversals,
  useApp,
} from "./_app.ts";
import { BUSY, smoothDrag, watchFrames } from "./_drag.ts";
import { startSlowProxy } from "./_slow_proxy.ts";

useApp();

/** Moves the first slider with the keyboard and waits for the picture that the server decodes there. */
async function follow(page: Page, app: RunningApp, steps: number): Promise<void> {
  await page.bringToFront();
  await latent(page, 0).focus();
  await page.keyboard.press("0");
  for (let step = 0; step < steps; step++) await page.keyboard.press("ArrowRight");
  const z = await page.locator(".latent input[type=range]").evaluateAll((sliders) =>
    sliders.map((slider) => ({
      index: Number(slider.getAttribute("aria-label")!.replace("Latent ", "")),
      value: Number((slider as HTMLInputElement).value),
    })).sort((a, b) => a.index - b.index).map(({ value }) => value)
  );
  const response = await page.request.post(`${app.origin}/api/decode`, { data: { model: "tiny", z } });
  const { images: [{ data }] } = await response.json();
  const grey = Uint8Array.fromBase64(data);
  await eventually(async () => {
    const shown = (await boardPixels(page)).split(",").filter((_, index) => index % 4 === 0).map(Number);
    return shown.every((value, index) => Math.abs(value - grey[index]!) <= 1) ? true : undefined;
  });
}

const streams = async (page: Page, app: RunningApp) =>
  (await (await page.request.get(`${app.origin}/api/status`)).json()).streams as number;

browserTest("twelve windows share one stream, each follows its sliders, and one that closes hands it over", async (
  first,
  app,
) => {
  const windows = [first];
  await openBoard(first, app);
  while (windows.length < 12) {
    const page = await first.context().newPage();
    await openBoard(page, app);
    windows.push(page);
  }
  assertEquals(await streams(first, app), 1);
  for (const [steps, page] of windows.entries()) await follow(page, app, steps);

  await first.close(); // it was the first to come, and so held the stream
  const rest = windows.slice(1);
  await eventually(async () => (await streams(rest[0]!, app)) === 1 ? true : undefined);
  for (const [steps, page] of rest.entries()) await follow(page, app, 13 - steps);
});

browserTest("a drag over 50 ms of round trip shows 30 frames a second and opens no connection", async (page, app) => {
  const proxy = startSlowProxy(app.origin, 50);
  try {
    await openBoard(page, { ...app, origin: proxy.origin });
    await traversals(page);
    await page.evaluate(watchFrames);
    const before = proxy.connections();
    const { framesPerSecond } = await smoothDrag(page, ({ framesPerSecond }) => framesPerSecond >= 30);
    assert(framesPerSecond >= 30);
    assert(proxy.connections() === before, `${proxy.connections() - before} connections were opened`);
  } finally {
    proxy.close();
  }
}, { skipped: BUSY });
