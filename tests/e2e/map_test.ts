import { assert, assertEquals, assertNotEquals } from "deno-std/assert/mod.js";
import type { Page } from "playwright-core";
import { parseBoardUrl } from "../../lib/browser/board_url.ts";
import { readLatentMap, readModelDocument } from "../../lib/model/mod.ts";
import {
  browserTest,
  canvasPixels,
  eventually,
  latent,
  openBoard,
  pointOnMap,
  type RunningApp,
  useApp,
} from "./_app.ts";

useApp();

const map = (page: Page) => page.getByRole("img", { name: /^Map of the latent space/ });
const points = (page: Page) => canvasPixels(page, ".map canvas");

async function openMap(page: Page, app: RunningApp): Promise<void> {
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Map", exact: true }).click();
  await pointOnMap(page);
}

/** Where the live dot is, in CSS pixels. */
const dot = (page: Page) =>
  eventually(() => page.locator(".map").evaluate((element: HTMLElement) => element.dataset.dot));

/** The mu of the test pictures. */
async function readMap(app: RunningApp) {
  const models = `${app.folder}/models`;
  return await readLatentMap(models, await readModelDocument(models, "tiny"));
}

browserTest("the live dot follows the sliders", async (page, app) => {
  await openMap(page, app);
  const overall = await dot(page);
  await page.getByLabel("Arrange by").selectOption("latents");
  const [x, y] = await eventually(async () => {
    const now = await dot(page);
    return now === overall ? undefined : now.split(",").map(Number);
  });
  await page.getByRole("tab", { name: "Sliders" }).click();
  await latent(page, 0).fill("2.5");
  await page.getByRole("tab", { name: "Map", exact: true }).click();
  const [nowX, nowY] = await eventually(async () => {
    const now = (await dot(page)).split(",").map(Number);
    return now[0] === x ? undefined : now;
  });
  assert(nowX! > x!, "the first slider is across");
  assertEquals(nowY, y, "the second one stands still");
});

browserTest("a point shows its picture, and a click sets the sliders to it", async (page, app) => {
  await openMap(page, app);
  const point = await pointOnMap(page);
  await map(page).hover({ position: point });
  await page.locator(".map-preview canvas").waitFor();
  const before = page.url();
  await map(page).click({ position: point });
  await page.waitForURL((url) => url.href !== before);
  const { z } = parseBoardUrl(new URL(page.url()));
  const { latents } = await readMap(app);
  assert(
    Array.from({ length: 40 }, (_, row) => row * 20).some((at) => z!.every((value, i) => value === latents[at + i])),
  );
});

browserTest("the wheel zooms, a drag moves, buttons and keys do both, and all is shown again", async (page, app) => {
  await openMap(page, app);
  const whole = await points(page);
  let last = whole;
  const changes = async (act: () => Promise<void>) => {
    await act();
    last = await eventually(async () => {
      const now = await points(page);
      return now === last ? undefined : now;
    });
  };
  const box = (await map(page).boundingBox())!;
  await page.mouse.move(box.x + 200, box.y + 150);
  const link = page.url();
  await changes(() => page.mouse.wheel(0, -400));
  await page.mouse.down();
  await changes(() => page.mouse.move(box.x + 280, box.y + 190, { steps: 4 }));
  await page.mouse.up();
  assertEquals(page.url(), link, "a drag is no click");
  await changes(() => page.getByRole("button", { name: "Zoom out" }).click());
  await map(page).focus();
  await changes(() => page.keyboard.press("ArrowLeft"));
  await page.getByRole("button", { name: "Show all", exact: true }).click();
  await eventually(async () => (await points(page)) === whole ? true : undefined);
});

browserTest("classes are hidden and shown", async (page, app) => {
  await openMap(page, app);
  const all = await points(page);
  const classes = page.getByRole("group", { name: "Classes shown" });
  const first = classes.getByRole("button").first();
  await first.click();
  assertEquals(await first.getAttribute("aria-pressed"), "false");
  const some = await eventually(async () => {
    const now = await points(page);
    return now === all ? undefined : now;
  });
  const inked = (pixels: string) => pixels.split(",").filter((value, i) => i % 4 === 3 && value !== "0").length;
  assert(inked(some) < inked(all));
  await page.getByRole("button", { name: "Show all classes" }).click();
  await eventually(async () => (await points(page)) === all ? true : undefined);
});

browserTest("the map is arranged by PCA, by UMAP in a worker, and by any two sliders", async (page, app) => {
  await openMap(page, app);
  const seen = new Set([await points(page)]);
  const arranged = async (act: () => Promise<unknown>) => {
    await act();
    await eventually(async () => seen.has(await points(page)) ? undefined : true, 30);
    seen.add(await points(page));
  };
  const axes = page.getByLabel("Arrange by");
  assertEquals(await axes.inputValue(), "pca");
  const worker = page.waitForEvent("worker");
  await arranged(() => axes.selectOption("umap"));
  assert((await worker).url().includes("umap_worker"));
  await arranged(() => axes.selectOption("latents"));
  await arranged(() => page.getByLabel("Across").selectOption("7"));
  await arranged(() => page.getByLabel("Up", { exact: true }).selectOption("3"));
});

browserTest("UMAP shows how far it is, and can be stopped", async (page, app) => {
  await openMap(page, app);
  const before = await points(page);
  await page.getByLabel("Arrange by").selectOption("umap");
  await page.getByRole("progressbar", { name: "Arranging the pictures" }).waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("progressbar").waitFor({ state: "detached" });
  assertEquals(await points(page), before);
  assertEquals(await page.getByLabel("Arrange by").inputValue(), "pca");
});

browserTest("pictures take the place of points", async (page, app) => {
  await openMap(page, app);
  const before = await points(page);
  await page.getByLabel("Show pictures").check();
  const after = await eventually(async () => {
    const now = await points(page);
    return now === before ? undefined : now;
  });
  const black = (pixels: string) => {
    const values = pixels.split(",").map(Number);
    return values.filter((alpha, i) => i % 4 === 3 && alpha === 255 && values[i - 3]! + values[i - 2]! === 0).length;
  };
  assertEquals(black(before), 0);
  assert(black(after) > 400, `the tops of the pictures are black, not ${black(after)} pixels`);
});

browserTest("the five nearest test pictures and the vote of their classes follow the sliders", async (page, app) => {
  await openMap(page, app);
  const nearest = page.getByRole("list", { name: "Nearest test pictures" }).getByRole("listitem");
  assertEquals(await nearest.count(), 5);
  const { latents, labels } = await readMap(app);
  const check = async () => {
    const { z } = parseBoardUrl(new URL(page.url()));
    const expected = Array.from(
      { length: 40 },
      (_, row) => Math.hypot(...z!.map((value, i) => value - latents[row * 20 + i]!)),
    )
      .map((distance, index) => ({ distance, label: labels[index]! }))
      .sort((a, b) => a.distance - b.distance).slice(0, 5);
    const texts = await nearest.locator("small").allTextContents();
    assertEquals(texts, expected.map(({ distance }) => `${distance.toFixed(2)} away`));
    const most = expected.filter(({ label }) => label === 1).length > 2 ? 1 : 0;
    const votes = expected.filter(({ label }) => label === most).length;
    assert((await page.locator(".vote").textContent())!.includes(`${votes} of 5`));
    return texts.join();
  };
  await page.getByRole("button", { name: "Random" }).click();
  await page.waitForURL(/seed=/);
  const first = await check();
  const link = page.url();
  await page.getByRole("button", { name: "Mutate" }).click();
  await page.waitForURL((url) => url.href !== link);
  assertNotEquals(await check(), first);

  await nearest.nth(2).getByRole("button").click();
  await page.getByText("0.00 away").waitFor();
});

browserTest("nothing of UMAP or PCA comes with the board", async (page, app) => {
  const urls: string[] = [];
  page.on("request", (request) => urls.push(request.url()));
  await openBoard(page, app);
  await page.waitForLoadState("networkidle");
  assertEquals(urls.filter((url) => /umap|principal|map\.bin/.test(url)), []);
});
