import { assert, assertEquals, assertNotEquals } from "deno-std/assert/mod.js";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import {
  boardPixels,
  browserTest,
  canvasPixels,
  changedPixels,
  eventually,
  latent,
  openBoard,
  pointOnMap,
  useApp,
} from "./_app.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

useApp();

/** A picture of some size made in the page, as base64 of a file. */
const drawn = (type: string) =>
  `(async () => {
  const canvas = new OffscreenCanvas(90, 60);
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(10, 20, 50, 30);
  const blob = await canvas.convertToBlob({ type: "${type}" });
  return (new Uint8Array(await blob.arrayBuffer())).toBase64();
})()`;

/** Drops a PNG, given as base64, on the board's picture. */
async function dropPicture(page: Page, png: string): Promise<void> {
  await page.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], "saved.png", { type: "image/png" }));
    document.querySelector("#picture")!.dispatchEvent(
      new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }),
    );
  }, png);
}

for (const type of ["image/png", "image/jpeg", "image/webp"]) {
  browserTest(`a chosen ${type} is fitted, encoded, and the sliders jump to it`, async (page, app) => {
    await openBoard(page, app);
    await page.getByRole("tab", { name: "Encode a picture" }).click();
    const before = await boardPixels(page);
    const buffer = Buffer.from(await page.evaluate<string>(drawn(type)), "base64");
    await page.locator('input[type="file"]').setInputFiles({ name: "mine", mimeType: type, buffer });
    await page.getByText(/Mean squared error \d\.\d{4}/).waitFor();
    const reconstruction = await canvasPixels(page, ".pair figure:nth-child(2) canvas");
    assertNotEquals(reconstruction, await canvasPixels(page, ".pair figure:nth-child(1) canvas"));
    await changedPixels(page, before);
    await eventually(async () => (await boardPixels(page)) === reconstruction ? true : undefined);
  });
}

browserTest("a drawing moves the sliders with each stroke", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Encode a picture" }).click();
  const pad = page.getByRole("img", { name: /^Drawing canvas/ });
  await pad.scrollIntoViewIfNeeded();
  const box = (await pad.boundingBox())!;
  await page.mouse.move(box.x + 40, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 180, box.y + 180, { steps: 8 });
  await page.mouse.up();
  await page.getByText("Mean squared error").waitFor();
  const fitted = await canvasPixels(page, ".pair figure:nth-child(1) canvas");
  const middle = fitted.split(",")[(14 * 28 + 14) * 4];
  assert(Number(middle) > 128, `the stroke's middle is ${middle}`);
});

browserTest(
  "a saved picture dropped on the board restores the sliders exactly and the picture bit for bit",
  async (page, app) => {
    await openBoard(page, app);
    const first = await boardPixels(page);
    await page.getByRole("button", { name: "Random" }).click();
    const pixels = await changedPixels(page, first);
    const z = await page.locator(".latent input[type=range]").evaluateAll((all) =>
      all.map((slider) => (slider as HTMLInputElement).value)
    );
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved to the gallery").waitFor();
    const { pictures } = await (await page.request.get(`${app.origin}/api/gallery`)).json();
    const png = (await (await page.request.get(`${app.origin}${pictures[0].url}`)).body()).toString("base64");

    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("button", { name: "Lock latent 0", exact: true }).click();
    await changedPixels(page, pixels);
    await dropPicture(page, png);
    await page.getByText("Restored from the picture's own recipe").waitFor();
    await eventually(async () => (await boardPixels(page)) === pixels ? true : undefined);
    assertEquals(
      await page.locator(".latent input[type=range]").evaluateAll((all) =>
        all.map((s) => (s as HTMLInputElement).value)
      ),
      z,
    );
  },
);

browserTest("a saved picture of another model opens on its own model", async (page, app) => {
  const saved = await (await page.request.post(`${app.origin}/api/save`, {
    data: { model: "small", z: [0.5, -0.25] },
  })).json();
  const buffer = await (await page.request.get(`${app.origin}${saved.url}`)).body();
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Encode a picture" }).click();
  await page.locator('input[type="file"]').setInputFiles({ name: "saved.png", mimeType: "image/png", buffer });
  await page.waitForURL(/model=small/);
  assertEquals([await latent(page, 0).inputValue(), await latent(page, 1).inputValue()], ["0.5", "-0.25"]);
});

browserTest(
  "a saved picture whose model is missing names it, and the nearest picture here is shown",
  async (page, app) => {
    const models = `${app.folder}/models`;
    await writeTinyModel(models, { name: "left", latentDim: 2, seed: 3 });
    const saved = await (await page.request.post(`${app.origin}/api/save`, {
      data: { model: "left", z: [0.5, -0.25] },
    })).json();
    const png = (await (await page.request.get(`${app.origin}${saved.url}`)).body()).toString("base64");
    await Deno.remove(`${models}/left`, { recursive: true });

    await openBoard(page, app);
    const before = await boardPixels(page);
    await dropPicture(page, png);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert((await alert.textContent())!.includes("made by the model “left”, which is not here"));
    await changedPixels(page, before);
    const reconstruction = await canvasPixels(page, ".pair figure:nth-child(2) canvas");
    await eventually(async () => (await boardPixels(page)) === reconstruction ? true : undefined);
    assertEquals(new URL(page.url()).searchParams.get("model"), "tiny");
  },
);

browserTest("what is not a picture is refused in words, and the sliders stay", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Encode a picture" }).click();
  const before = await latent(page, 0).inputValue();
  const buffer = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>");
  await page.locator('input[type="file"]').setInputFiles({
    name: "<img src=x onerror=alert(1)>.png",
    mimeType: "image/png",
    buffer,
  });
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert(/PNG|picture/i.test((await alert.textContent())!));
  assertEquals(await latent(page, 0).inputValue(), before);
}, { expected: /Failed to load resource/ });

browserTest("a class's mean takes the sliders there", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Encode a picture" }).click();
  await page.getByRole("button", { name: "Average of first" }).click();
  assertEquals(await latent(page, 7).inputValue(), "-1");
});

browserTest("a test picture of a class is taken in beside its reconstruction", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Encode a picture" }).click();
  await page.getByLabel("From the test pictures").selectOption({ label: "second" });
  await page.getByRole("button", { name: "Pick a test picture" }).click();
  await page.getByText("Mean squared error").waitFor();
  const fitted = (await canvasPixels(page, ".pair figure:nth-child(1) canvas")).split(",").map(Number);
  const middle = fitted[(14 * 28 + 14) * 4]!;
  assert(middle >= 180 && middle < 220 && middle % 2 === 1, `the middle is ${middle}, not of the second class`);
});

browserTest("a grid shows test pictures beside their reconstructions", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Grids" }).click();
  await page.getByRole("button", { name: "Show reconstructions" }).click();
  const cell = page.getByRole("button", { name: /^Reconstruction of (first|second): to the board$/ }).first();
  await cell.waitFor();
  assertEquals(await page.locator(".pair-cell").count(), 16);
  const original = await eventually(async () => {
    const pixels = await canvasPixels(page, ".pair-cell canvas:nth-child(1)");
    return pixels.split(",").length === 28 * 28 * 4 ? pixels : undefined;
  });
  const reconstruction = await canvasPixels(page, ".pair-cell canvas:nth-child(2)");
  assertNotEquals(original, reconstruction);
  await cell.click();
  await eventually(async () => (await boardPixels(page)) === reconstruction ? true : undefined);
});

browserTest(
  "the map of a model shows its pictures' classes; a point opens its picture on the board",
  async (page, app) => {
    await page.goto(`${app.origin}/models/tiny`);
    await page.getByText("40 test pictures.").waitFor();
    const map = page.getByRole("img", { name: /^Map of the latent space/ });
    const point = await pointOnMap(page);
    await map.hover({ position: point });
    await page.locator(".map-preview").waitFor();
    await map.click({ position: point });
    await page.getByText("Connected", { exact: true }).waitFor();
    assert(new URL(page.url()).searchParams.get("z") !== null);
  },
);
