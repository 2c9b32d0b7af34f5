import { assert, assertEquals, assertNotEquals } from "deno-std/assert/mod.js";
import {
  boardPixels,
  browserTest,
  changedPixels,
  eventually,
  latent,
  openBoard,
  traversals,
  unfold,
  useApp,
} from "./_app.ts";

useApp();

browserTest("the board shows a decoded picture before any script has run", async (page, app) => {
  await page.goto(`${app.origin}/?model=tiny`);
  const shades = await page.locator("#picture img").evaluate((image: HTMLImageElement) => {
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    return new Set(context.getImageData(0, 0, canvas.width, canvas.height).data).size;
  });
  assert(shades > 10, `the picture has ${shades} shades`);
  assertEquals(await page.getByRole("slider", { name: /^Latent/ }).count(), 12);
  const html = await (await page.request.get(page.url())).text();
  assert(/<noscript><p[^>]*>\s*Without JavaScript you see/.test(html), "nothing says what works without JavaScript");
}, { javaScriptEnabled: false });

browserTest("dragging a slider changes the picture while it moves", async (page, app) => {
  await openBoard(page, app);
  const box = (await latent(page, 0).boundingBox())!;
  const middle = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width / 2, middle);
  await page.mouse.down();
  const seen = new Set<string>();
  let pixels = await boardPixels(page);
  for (let step = 1; step <= 8; step++) {
    await page.mouse.move(box.x + box.width / 2 + step * box.width / 20, middle);
    pixels = await changedPixels(page, pixels);
    seen.add(pixels);
  }
  await page.mouse.up();
  assertEquals(seen.size, 8);
});

browserTest("sliders stand in the order of KL divergence, with names and values that are spoken", async (page, app) => {
  await openBoard(page, app);
  assertEquals(await page.getByRole("slider", { name: /^Latent/ }).count(), 12);
  await unfold(page);
  const names = await page.getByRole("slider", { name: /^Latent/ }).evaluateAll((sliders) =>
    sliders.map((slider) => slider.getAttribute("aria-label"))
  );
  assertEquals(names, Array.from({ length: 20 }, (_, index) => `Latent ${index}`));
  await latent(page, 3).focus();
  await page.keyboard.press("0");
  await page.keyboard.press("ArrowLeft");
  assertEquals(await latent(page, 3).getAttribute("aria-valuetext"), "minus 0.10");
});

browserTest("the keyboard alone moves, resets, locks and undoes", async (page, app) => {
  await openBoard(page, app);
  const value = async () => Number(await latent(page, 2).inputValue());
  await latent(page, 2).focus();
  await page.keyboard.press("0");
  assertEquals(await value(), 0);
  const zero = await changedPixels(page, "");
  await page.keyboard.press("ArrowRight");
  assertEquals((await value()).toFixed(3), "0.100");
  await page.keyboard.press("Shift+ArrowRight");
  assertEquals((await value()).toFixed(3), "0.110");
  await page.keyboard.press("PageUp");
  assertEquals((await value()).toFixed(3), "0.610");
  await changedPixels(page, zero);

  await page.keyboard.press("Tab");
  assertEquals(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Value of latent 2");
  await page.keyboard.press("Tab");
  assertEquals(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Lock latent 2");
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Random" }).focus();
  await page.keyboard.press("Enter");
  assertEquals((await value()).toFixed(3), "0.610");

  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  assertEquals((await value()).toFixed(3), "0.110");
  await page.keyboard.press("Control+Shift+z");
  assertEquals((await value()).toFixed(3), "0.610");
});

browserTest(
  "Shift makes the keyboard's steps ten times finer, both ways and up to the slider's end",
  async (page, app) => {
    await openBoard(page, app);
    const slider = latent(page, 4);
    const value = async () => Number(await slider.inputValue()).toFixed(4);
    const press = async (key: string, times = 1) => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
    };
    const before = await boardPixels(page);
    await slider.focus();
    await press("0");
    let pixels = await changedPixels(page, before);
    for (
      const [key, after] of [
        ["Shift+ArrowRight", 0.01],
        ["Shift+ArrowUp", 0.02],
        ["Shift+PageUp", 0.07],
        ["Shift+PageDown", 0.02],
        ["Shift+ArrowDown", 0.01],
      ] as const
    ) {
      await press(key);
      assertEquals(await value(), after.toFixed(4), key);
      pixels = await changedPixels(page, pixels);
    }
    await press("Shift+ArrowLeft", 2);
    assertEquals(await slider.getAttribute("aria-valuetext"), "minus 0.01");
    await press("PageUp", 6);
    assertEquals(await value(), "2.5760");
    await press("Shift+ArrowRight");
    assertEquals(await value(), "2.5760");
  },
);

browserTest("double-click resets one slider; undo and redo walk the whole history", async (page, app) => {
  await openBoard(page, app);
  const values = () =>
    page.getByRole("slider", { name: /^Latent/ }).evaluateAll((all) => all.map((s) => (s as HTMLInputElement).value));
  const first = await values();
  const firstPixels = await boardPixels(page);
  await page.getByRole("button", { name: "Random" }).click();
  const random = await values();
  const randomPixels = await changedPixels(page, firstPixels);
  await page.getByRole("button", { name: "Mutate" }).click();
  await changedPixels(page, randomPixels);
  await latent(page, 5).dblclick();
  assertEquals(await latent(page, 5).inputValue(), "0");

  const undo = page.getByRole("button", { name: "Undo", exact: true });
  while ((await values()).join() !== random.join()) await undo.click();
  assertEquals(await eventually(async () => (await boardPixels(page)) === randomPixels ? true : undefined), true);
  while (await undo.isEnabled()) await undo.click();
  assertEquals(await values(), first);
  const redo = page.getByRole("button", { name: "Redo" });
  await redo.click();
  assertEquals(await values(), random);
});

browserTest("a seed gives the same picture again, and the link reopens it", async (page, app) => {
  await openBoard(page, app);
  await page.getByText("Options of Random").click();
  const seed = page.getByLabel("Seed", { exact: true });
  const first = await boardPixels(page);
  await seed.fill("4242");
  await seed.press("Enter");
  const pixels = await changedPixels(page, first);
  await page.getByRole("button", { name: "Reset" }).click();
  await changedPixels(page, pixels);
  await seed.fill("4242");
  await seed.press("Enter");
  await eventually(async () => (await boardPixels(page)) === pixels ? true : undefined);
  await eventually(async () => /seed=4242/.test(await page.evaluate(() => location.search)) ? true : undefined);

  const other = await page.context().newPage();
  await other.goto(page.url());
  const reopened = await other.locator("#picture img").evaluate((image: HTMLImageElement) => {
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, canvas.width, canvas.height).data.join();
  });
  assertEquals(reopened, pixels);
});

browserTest("save keeps the picture in the gallery, says so, and can be taken back", async (page, app) => {
  await openBoard(page, app);
  const first = await boardPixels(page);
  await page.getByRole("button", { name: "Random" }).click();
  await changedPixels(page, first);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved to the gallery").waitFor();
  const list = async () => (await (await page.request.get(`${app.origin}/api/gallery`)).json()).total as number;
  assertEquals(await list(), 1);
  await page.locator(".toasts").getByRole("button", { name: "Undo" }).click();
  await page.getByText("Removed from the gallery").waitFor();
  assertEquals(await list(), 0);
});

browserTest("the strips beside the sliders fill, and a click on one takes the slider there", async (page, app) => {
  await openBoard(page, app);
  await traversals(page);
  const strip = page.locator(".strip").first();
  const shades = await strip.evaluate((canvas: HTMLCanvasElement) =>
    new Set(canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data).size
  );
  assert(shades > 10);
  const { width, height } = (await strip.boundingBox())!;
  await strip.click({ position: { x: width - 2, y: height / 2 } });
  assertEquals((Number(await latent(page, 0).inputValue())).toFixed(3), (2.576 * 4 / 5).toFixed(3));
});

browserTest("the board measures latency and how far off the manifold z lies", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("button", { name: "Random" }).click();
  await page.locator(".latency").getByText(/^\d+(\.\d)? ms$/).waitFor();
  await page.locator(".status").getByText("Running on CPU").waitFor();
  await page.locator(".verdict").getByText(/^(like the data|unusual|unlike the data)$/).waitFor();
  await page.getByText("Realism").click();
  await page.getByText(/Closer to the data than \d+ of 100 test pictures/).waitFor();
  assertNotEquals(await page.locator("meter").evaluate((meter: HTMLMeterElement) => meter.value), 0);
});

browserTest("two latents show as a plane that moves both sliders", async (page, app) => {
  await openBoard(page, app, "/?model=small");
  const before = await boardPixels(page);
  const plane = page.locator(".plane");
  await plane.scrollIntoViewIfNeeded();
  const box = (await plane.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + box.height * 0.75, { steps: 4 });
  await page.mouse.up();
  await changedPixels(page, before);
  const values = [await latent(page, 0).inputValue(), await latent(page, 1).inputValue()].map(Number);
  assert(Math.abs(values[0]! - 2.576 / 2) < 0.05 && Math.abs(values[1]! + 2.576 / 2) < 0.05, `at ${values}`);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  assertNotEquals(await latent(page, 0).inputValue(), String(values[0]));
});

browserTest("the picker opens another model", async (page, app) => {
  await openBoard(page, app);
  await page.getByLabel("Model").selectOption("small");
  await page.waitForURL(/model=small/);
  assertEquals(await page.getByRole("slider", { name: /^Latent/ }).count(), 2);
});

browserTest("when the server goes the board says so, keeps what was set, and heals by itself", async (page, app) => {
  await openBoard(page, app);
  const before = await boardPixels(page);
  await app.stop();
  await page.getByText("Disconnected").waitFor();
  await latent(page, 1).focus();
  await page.keyboard.press("PageUp");
  await page.keyboard.press("PageUp");
  const set = await latent(page, 1).inputValue();
  assertEquals(await boardPixels(page), before);
  await app.startAgain();
  await page.getByText("Connected", { exact: true }).waitFor({ timeout: 20_000 });
  await changedPixels(page, before);
  assertEquals(await latent(page, 1).inputValue(), set);
}, { expected: /Failed to load resource|ERR_/ });

browserTest("an unknown model in a link is named, with the models that there are", async (page, app) => {
  const response = await page.goto(`${app.origin}/?model=gone`);
  assertEquals(response!.status(), 404);
  await page.getByRole("heading", { name: "There is no model “gone”" }).waitFor();
  await page.getByRole("link", { name: "Tiny tiny" }).click();
  await page.getByText("Connected", { exact: true }).waitFor();
}, { expected: /404/ });
