import { assert, assertEquals, assertMatch, assertNotEquals } from "deno-std/assert/mod.js";
import type { Page } from "playwright-core";
import { parseBoardUrl } from "../../lib/browser/board_url.ts";
import { readLatentMap, readModelDocument } from "../../lib/model/mod.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";
import {
  boardPixels,
  browserTest,
  canvasPixels,
  changedPixels,
  eventually,
  latent,
  openBoard,
  traversals,
  unfold,
  useApp,
} from "./_app.ts";

useApp();

const values = (page: Page) =>
  page.locator(".latent input[type=range]").evaluateAll((all) =>
    all.map((slider) => (slider as HTMLInputElement).value)
  );

browserTest("the board opens with the named model, at a test picture", async (page, app) => {
  const models = `${app.folder}/models`;
  await writeTinyModel(models, { name: "fashion-mnist", latentDim: 2, seed: 8 });
  try {
    await page.goto(app.origin);
    assertEquals(await page.getByLabel("Model").inputValue(), "fashion-mnist");
  } finally {
    await Deno.remove(`${models}/fashion-mnist`, { recursive: true });
  }
  await page.goto(app.origin);
  assertEquals(await page.getByLabel("Model").inputValue(), "small", "the newest, where the named one is missing");

  await openBoard(page, app);
  const opened = await page.locator(".latent input[type=range]").first().inputValue();
  const { latents } = await readLatentMap(models, await readModelDocument(models, "tiny"));
  const index = Number((await page.locator(".latent input[type=range]").first().getAttribute("aria-label"))!.slice(7));
  const column = Array.from({ length: 40 }, (_, row) => latents[row * 20 + index]!);
  assert(column.some((value) => Math.abs(value - Number(opened)) < 1e-5), `${opened} is no test picture's`);
}, { expected: /404/ });

browserTest(
  "strips of 64 latents are asked for where they are seen, and all fill as one scrolls",
  async (page, app) => {
    await writeTinyModel(`${app.folder}/models`, { name: "wide", latentDim: 64, seed: 4 });
    let asked = 0;
    page.on("request", (request) => {
      if (request.url().endsWith("/api/decode")) asked += JSON.parse(request.postData()!).z.length;
    });
    await openBoard(page, app, "/?model=wide");
    await traversals(page);
    assert(asked > 0 && asked <= 12 * 5, `${asked} pictures were asked for`);
    await unfold(page);
    assertEquals(
      await page.locator(".latents.compact .latent").count(),
      52,
      "beyond the first twelve they are compact",
    );
    assertEquals(await page.locator(".strip").count(), 12);
  },
);

browserTest("a failure of the strips is said on the page", async (page, app) => {
  await page.route("**/api/decode", (route) =>
    route.fulfill({
      status: 500,
      contentType: "application/problem+json",
      body: JSON.stringify({ detail: "The decoder is out of paint" }),
    }));
  await openBoard(page, app);
  await page.getByRole("alert").getByText("The decoder is out of paint").waitFor();
}, { expected: /500/ });

browserTest("everything important is above 1,000 pixels at 1280 by 800", async (page, app) => {
  await openBoard(page, app);
  for (const name of ["Random", "Save"]) await page.getByRole("button", { name }).waitFor();
  const lowest = await page.evaluate(() =>
    Math.max(
      ...[...document.querySelectorAll(".stage > *, [role=tablist], .latents:first-of-type .latent")]
        .filter((element) => element.checkVisibility())
        .map((element) => element.getBoundingClientRect().bottom),
    )
  );
  assert(lowest < 1000, `${lowest}`);
  assertEquals(await page.locator(".latents").first().locator(".latent").count(), 12);
}, { viewport: { width: 1280, height: 800 } });

browserTest("header, page and footer share one container at 1920", async (page, app) => {
  await openBoard(page, app);
  const lefts = await page.evaluate(() =>
    [".brand", ".board", ".foot > *"].map((selector) => document.querySelector(selector)!.getBoundingClientRect().left)
  );
  assertEquals(new Set(lefts.map(Math.round)).size, 1, lefts.join());
}, { viewport: { width: 1920, height: 1080 } });

browserTest("a value can be typed; one beyond the slider's range widens it and says so", async (page, app) => {
  await openBoard(page, app);
  const before = await boardPixels(page);
  const typed = page.getByLabel("Value of latent 3");
  await typed.fill("1,25");
  await typed.press("Enter");
  assertEquals(await latent(page, 3).inputValue(), "1.25");
  const pixels = await changedPixels(page, before);
  await typed.fill("-7");
  await typed.press("Enter");
  await page.getByText("The slider of z3 now reaches -7").waitFor();
  assertEquals([await latent(page, 3).inputValue(), await latent(page, 3).getAttribute("min")], ["-7", "-7"]);
  await changedPixels(page, pixels);
  await typed.fill("boot");
  await typed.press("Enter");
  await page.getByText("z3 takes a number").waitFor();
  assertEquals(await typed.inputValue(), "-7.00");
  assertEquals(await page.locator(".latent output, .latent [aria-live]").count(), 0, "values are not read out");
});

browserTest("keys draw, mutate and save, and ? lists them", async (page, app) => {
  await openBoard(page, app);
  let pixels = await boardPixels(page);
  await page.keyboard.press("r");
  pixels = await changedPixels(page, pixels);
  await page.keyboard.press("m");
  await changedPixels(page, pixels);
  await page.keyboard.press("s");
  await page.getByText("Saved to the gallery").waitFor();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await sheet.getByText("Mutate a little").waitFor();
  await page.keyboard.press("Escape");
  assert(await sheet.isHidden());
  const typed = page.getByLabel("Value of latent 3");
  await typed.focus();
  const before = await values(page);
  await page.keyboard.press("r");
  assertEquals(await values(page), before, "a key that is typed into a field is text");
});

browserTest("holding shows the start; the last states are pictures to go back to", async (page, app) => {
  await openBoard(page, app);
  const start = await values(page);
  await page.getByRole("button", { name: "Random" }).click();
  await changedPixels(page, await boardPixels(page)).catch(() => {});
  const badge = page.locator(".picture .badge");
  await page.keyboard.down("c");
  await badge.waitFor();
  await page.keyboard.up("c");
  assertEquals(await badge.count(), 0);
  await page.getByRole("button", { name: "Mutate" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".history img").length === 3);
  await page.getByRole("button", { name: "Step 1 of 3" }).click();
  assertEquals(await values(page), start);
  assertEquals(await page.getByRole("button", { name: "Step 1 of 3" }).getAttribute("aria-current"), "step");
});

browserTest("the line for newcomers is dismissed for good", async (page, app) => {
  await openBoard(page, app);
  await page.getByText("New here?").waitFor();
  await page.getByRole("button", { name: "Dismiss this hint" }).click();
  await page.reload();
  await page.getByText("Connected", { exact: true }).waitFor();
  assertEquals(await page.getByText("New here?").count(), 0);
});

browserTest("a class's button shows one of its test pictures", async (page, app) => {
  await openBoard(page, app);
  const before = await values(page);
  await page.getByRole("group", { name: "Show one of a class" }).getByRole("button", { name: "second" }).click();
  await eventually(async () => (await values(page)).join() === before.join() ? undefined : true);
});

browserTest("a picture that went astray is brought back", async (page, app) => {
  await openBoard(page, app);
  const asked: string[] = [];
  await page.route("**/api/manifold", async (route) => {
    const { z } = JSON.parse(route.request().postData()!) as { z: number[] };
    const distance = Math.abs(z[0]!);
    asked.push(distance.toFixed(3));
    await route.fulfill({
      json: { model: "tiny", distance, typical: 0.3, percentile: 1, mu: z.map((value) => value / 2) },
    });
  });
  const typed = page.getByLabel("Value of latent 0");
  await typed.fill("2");
  await typed.press("Enter");
  await page.locator(".verdict").getByText("unlike the data").waitFor();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await page.locator(".verdict").getByText("like the data", { exact: true }).waitFor();
  assertEquals(await latent(page, 0).inputValue(), "0.25");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  assertEquals(await latent(page, 0).inputValue(), "2", "it is one step of the history");
  assert(asked.length >= 4);
});

browserTest("dragging the plane moves both latents at once, along the line that was pointed at", async (page, app) => {
  const moves: number[][] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/move")) moves.push(JSON.parse(request.postData()!).z);
  });
  await openBoard(page, app, "/?model=small");
  const box = (await page.locator(".plane").boundingBox())!;
  const at = (share: number) => [box.x + share * box.width, box.y + (1 - share) * box.height] as const;
  await page.mouse.move(...at(0.5));
  await page.mouse.down();
  for (let step = 1; step <= 8; step++) {
    await page.mouse.move(...at(0.5 + step * 0.05));
    await page.waitForTimeout(40);
  }
  await page.mouse.up();
  assert(moves.length >= 4, `${moves.length} moves`);
  for (const [x, y] of moves) assert(Math.abs(x! - y!) < 0.05, `${x}, ${y} lies beside the diagonal`);
});

browserTest("the link and the saved recipe hold seed, temperature and sampler of the sample", async (page, app) => {
  await openBoard(page, app);
  await page.getByText("Options of Random").click();
  await page.getByRole("combobox", { name: "Sampler" }).selectOption("gmm");
  await page.getByLabel(/^Temperature/).fill("0.5");
  await page.getByRole("button", { name: "Random" }).click();
  const link = await eventually(async () => {
    const parsed = parseBoardUrl(new URL(await page.evaluate(() => location.href)));
    return parsed.seed === undefined ? undefined : parsed;
  });
  assertEquals([link.sampler, link.temperature], ["gmm", 0.5]);
  await page.getByLabel(/^Temperature/).fill("2"); // of the next sample, not of this one
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved to the gallery").waitFor();
  const { pictures: [saved] } = await (await page.request.get(`${app.origin}/api/gallery`)).json();
  assertEquals([saved.seed, saved.temperature, saved.sampler], [link.seed, 0.5, "gmm"]);
  const png = await (await page.request.get(`${app.origin}${saved.url}`)).body();
  const encoded = await (await page.request.post(`${app.origin}/api/encode?model=tiny`, {
    headers: { "content-type": "image/png" },
    data: png,
  })).json();
  assertEquals([encoded.recipe.seed, encoded.recipe.temperature, encoded.recipe.sampler], [link.seed, 0.5, "gmm"]);
});

browserTest("Enter on the same seed draws again, and a locked latent keeps the seed", async (page, app) => {
  await openBoard(page, app);
  await page.getByText("Options of Random").click();
  const seed = page.getByLabel("Seed", { exact: true });
  await seed.fill("77");
  await seed.press("Enter");
  const sample = await values(page);
  await page.getByRole("button", { name: "Lock latent 0", exact: true }).click();
  await page.getByRole("button", { name: "Mutate" }).click();
  assertNotEquals(await values(page), sample);
  await seed.fill("77");
  await seed.press("Enter");
  assertEquals(await values(page), sample);
  assertEquals(await seed.inputValue(), "77");
  await seed.press("Enter");
  assertEquals(await page.locator(".history li").count(), 4, "the same sample is no new step");
});

browserTest("Random shows that it is busy, and Save waits for its picture", async (page, app) => {
  await openBoard(page, app);
  await page.getByText("Options of Random").click();
  await page.getByRole("combobox", { name: "Sampler" }).selectOption("gmm");
  const held = Promise.withResolvers<void>();
  await page.route("**/api/sample", async (route) => {
    await held.promise;
    await route.continue();
  });
  const before = await values(page);
  const random = page.getByRole("button", { name: "Random" });
  await random.click();
  assertEquals(await random.getAttribute("aria-busy"), "true");
  await page.getByRole("button", { name: "Save" }).click();
  held.resolve();
  await page.getByText("Saved to the gallery").waitFor();
  assertEquals(await random.getAttribute("aria-busy"), "false");
  assertNotEquals(await values(page), before);
  const { pictures: [saved] } = await (await page.request.get(`${app.origin}/api/gallery`)).json();
  const shown = (await values(page)).map((value) => Math.fround(Number(value)));
  assert(
    shown.every((value) => (saved.z as number[]).some((other) => Math.abs(other - value) < 1e-5)),
    "the new picture",
  );
});

browserTest("while the server is away picture and meter are dimmed", async (page, app) => {
  await openBoard(page, app);
  await app.stop();
  await page.getByText("Disconnected, reconnecting; your sliders are kept").waitFor();
  assertEquals(await page.locator(".picture.is-stale, .realism.is-stale").count(), 2);
  await app.startAgain();
  await page.getByText("Connected", { exact: true }).waitFor({ timeout: 20_000 });
  assertEquals(await page.locator(".is-stale").count(), 0);
}, { expected: /Failed to load resource|ERR_/ });

browserTest("the draw pad draws black on white too; a colour model's in any colour", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Encode a picture" }).click();
  assertEquals(await page.locator("input[type=color]").count(), 0);
  await page.getByRole("button", { name: "Background: white" }).click();
  await page.getByRole("button", { name: "Pen: black" }).click();
  const pad = page.getByRole("img", { name: /^Drawing canvas/ });
  await pad.click();
  await page.getByText("Mean squared error").waitFor();
  const shades = new Set((await canvasPixels(page, ".draw")).split(","));
  assert(shades.has("0") && shades.has("255"));
  const corner = (await canvasPixels(page, ".draw")).split(",").slice(0, 3);
  assertEquals(corner, ["255", "255", "255"]);

  await writeTinyModel(`${app.folder}/models`, { name: "colours", latentDim: 3, channels: 3, size: 16 });
  await openBoard(page, app, "/?model=colours");
  await page.getByRole("tab", { name: "Encode a picture" }).click();
  await page.getByLabel("Pen: any colour").fill("#00ff00");
  await page.getByRole("img", { name: /^Drawing canvas/ }).click();
  const drawn = await canvasPixels(page, ".draw");
  assertMatch(drawn, /(?:^|,)0,255,0,255(?:,|$)/);
});

browserTest("a rejected file clears the old result, and a pasted one's is brought into view", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Encode a picture" }).click();
  await page.getByRole("img", { name: /^Drawing canvas/ }).click();
  await page.getByText("Mean squared error").waitFor();
  const broken = { name: "broken.png", mimeType: "image/png", buffer: (await import("node:buffer")).Buffer.from("no") };
  await page.locator("input[type=file]").setInputFiles(broken);
  await page.getByRole("alert").waitFor();
  assertEquals(await page.getByText("Mean squared error").count(), 0);

  await page.getByRole("tab", { name: "Sliders" }).click();
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(28, 28);
    canvas.getContext("2d")!.fillRect(4, 4, 9, 9);
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([await canvas.convertToBlob()], "pasted.png", { type: "image/png" }));
    dispatchEvent(new ClipboardEvent("paste", { clipboardData: dataTransfer }));
  });
  const result = page.getByText("Mean squared error");
  await result.waitFor();
  const box = (await result.boundingBox())!;
  assert(box.y > 0 && box.y < 500, `the result is at ${box.y}`);
}, { viewport: { width: 700, height: 500 }, expected: /Failed to load resource/ });

browserTest("a long title never widens a page", async (page, app) => {
  await writeTinyModel(`${app.folder}/models`, { name: "long", latentDim: 2 });
  const path = `${app.folder}/models/long/model.json`;
  const json = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, JSON.stringify({ ...json, title: "Long".repeat(20) }));
  for (const path of ["/?model=long", "/models", "/models/long", "/gallery"]) {
    await page.goto(app.origin + path);
    const [content, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert(content! <= width!, `${path} is ${content} wide`);
  }
}, { viewport: { width: 390, height: 844 }, expected: /404/ });
