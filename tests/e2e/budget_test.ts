import { assert } from "deno-std/assert/mod.js";
import type { CDPSession, Page } from "playwright-core";
import { BUSY, smoothDrag, watchFrames } from "./_drag.ts";
import { browserTest, openBoard, traversals, useApp, withShippedModels } from "./_app.ts";

useApp();

/** Bytes over the network of a first visit, in all and of scripts. */
async function visit(page: Page, go: () => Promise<void>): Promise<{ all: number; scripts: number }> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const scripts = new Set<string>();
  const weight = { all: 0, scripts: 0 };
  session.on("Network.responseReceived", ({ requestId, type }) => void (type === "Script" && scripts.add(requestId)));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    weight.all += encodedDataLength;
    if (scripts.has(requestId)) weight.scripts += encodedDataLength;
  });
  await go();
  await session.detach();
  return weight;
}

browserTest("the first visit of the board moves at most 150 KB, 60 KB of it scripts", async (page, app) => {
  const weight = await visit(page, async () => {
    await openBoard(page, app);
    await traversals(page);
    await page.locator(".verdict").getByText(/^(like the data|unusual|unlike the data)$/).waitFor();
  });
  assert(weight.scripts > 0 && weight.scripts <= 60_000, `${weight.scripts} bytes of scripts`);
  assert(weight.all <= 150_000, `${weight.all} bytes`);
});

browserTest("a page whose one island is the theme switch ships at most 20 KB of script", async (page, app) => {
  const weight = await visit(page, async () => {
    await page.goto(`${app.origin}/nothing`, { waitUntil: "networkidle" });
  });
  assert(weight.scripts > 0 && weight.scripts <= 20_000, `${weight.scripts} bytes of scripts`);
}, { expected: /404/ });

browserTest("the board shows its picture within a second of asking for it", async (page, app) => {
  const started = performance.now();
  await page.goto(`${app.origin}/?model=tiny`, { waitUntil: "commit" });
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>("#picture img")?.complete);
  const milliseconds = performance.now() - started;
  assert(milliseconds < 1000, `${milliseconds.toFixed(0)} ms`);
}, { skipped: BUSY });

browserTest(
  "dragging a slider shows 50 new frames a second, on 80 % of ticks, with no long task",
  async (page, app) => {
    await openBoard(page, app);
    await traversals(page);
    await page.evaluate(watchFrames);
    await smoothDrag(
      page,
      ({ framesPerSecond, shareOfTicks, longestTask }) =>
        framesPerSecond >= 50 && shareOfTicks >= 0.8 && longestTask <= 50,
    );
  },
  { skipped: BUSY },
);

for (
  const { model, frames } of [
    { model: "fashion-mnist", frames: 50 },
    { model: "fashion-mnist-2d", frames: 50 },
    { model: "emoji", frames: 30 },
  ]
) {
  browserTest(`a first visit with ${model} moves at most 150 KB and shows a picture within a second`, async (page) => {
    await withShippedModels(async (app) => {
      await page.request.get(`${app.origin}/?model=${model}`); // the model is loaded once, for whoever comes first
      let milliseconds = NaN;
      const weight = await visit(page, async () => {
        const started = performance.now();
        await page.goto(`${app.origin}/?model=${model}`, { waitUntil: "commit" });
        await page.waitForFunction(() => document.querySelector<HTMLImageElement>("#picture img")?.complete);
        milliseconds = performance.now() - started;
        await page.getByText("Connected", { exact: true }).waitFor();
        await traversals(page);
        await page.locator(".verdict").getByText(/^(like the data|unusual|unlike the data)$/).waitFor();
      });
      assert(weight.all <= 150_000, `${weight.all} bytes`);
      if (BUSY === undefined) assert(milliseconds < 1000, `${milliseconds.toFixed(0)} ms`);
    });
  });

  browserTest(`a drag with ${model} shows ${frames} new frames a second`, async (page) => {
    await withShippedModels(async (app) => {
      await openBoard(page, app, `/?model=${model}`);
      await traversals(page);
      await page.evaluate(watchFrames);
      await smoothDrag(page, ({ framesPerSecond }) => framesPerSecond >= frames);
    });
  }, { skipped: BUSY });
}
