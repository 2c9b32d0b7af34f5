import { assert, assertEquals } from "deno-std/assert/mod.js";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { boardPixels, browserTest, changedPixels, latent, openBoard, useApp } from "./_app.ts";

useApp();

const PNG = "\x89PNG";

async function openExport(page: Page): Promise<void> {
  await page.getByRole("tab", { name: "Export" }).click();
}

/** Clicks a button and reads the file that it downloads. */
async function download(page: Page, button: string): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: button, exact: true }).click();
  const file = await waiting;
  return { name: file.suggestedFilename(), bytes: await Deno.readFile((await file.path())!) };
}

const size = (png: Uint8Array<ArrayBuffer>) => {
  const view = new DataView(png.buffer);
  return [view.getUint32(16), view.getUint32(20)];
};

browserTest("the picture is downloaded at 1 to 16 times its size; at 1 it carries its recipe", async (page, app) => {
  await openBoard(page, app);
  await openExport(page);
  for (const scale of [16, 1]) {
    await page.getByLabel("Size").selectOption(String(scale));
    const { name, bytes } = await download(page, "Download PNG");
    assertEquals([name, ...size(bytes)], [`tiny-${scale}x.png`, 28 * scale, 28 * scale]);
    assertEquals(new TextDecoder("latin1").decode(bytes).includes("Latentboard"), scale === 1);
  }
}, { acceptDownloads: true });

browserTest("picture, link and code are copied", async (page, app) => {
  await openBoard(page, app);
  await latent(page, 0).focus();
  await page.keyboard.press("0");
  await openExport(page);
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("Link copied").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await page.context().newPage();
  await other.goto(link);
  assertEquals(await latent(other, 0).inputValue(), "0");
  await other.close();

  await page.bringToFront();
  await page.getByRole("button", { name: "Copy picture" }).click();
  await page.getByText("Picture copied").waitFor();
  const types = await page.evaluate(async () => (await navigator.clipboard.read()).flatMap(({ types }) => types));
  assertEquals(types, ["image/png"]);

  await page.getByLabel("Format").selectOption("curl");
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByText("Copied", { exact: true }).waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const folder = await Deno.makeTempDir();
  try {
    const { success } = await new Deno.Command("sh", { args: ["-c", command], cwd: folder }).output();
    assert(success, command);
    const png = await Deno.readFile(`${folder}/picture.png`);
    assertEquals(String.fromCharCode(...png.subarray(0, 4)), PNG);
    assertEquals(size(png), [28, 28]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { permissions: ["clipboard-read", "clipboard-write"] });

/** A strip of two key frames and some frames. */
async function renderStrip(page: Page, frames: number, end: string): Promise<void> {
  await page.getByRole("tab", { name: "Interpolation" }).click();
  const add = page.getByRole("button", { name: "Add this picture" });
  await add.click();
  await page.getByRole("img", { name: "Key frame 1" }).waitFor();
  const before = await boardPixels(page);
  await page.getByRole("button", { name: "Random" }).click();
  await changedPixels(page, before);
  await add.click();
  await page.getByRole("img", { name: "Key frame 2" }).waitFor();
  await page.locator("#strip-frames").fill(String(frames));
  await page.getByLabel("Then").selectOption(end);
  await page.getByRole("button", { name: "Render" }).click();
  await page.getByText(`Frame 1 of ${frames}`).waitFor();
}

browserTest("numbered frames go into a zip; there and back ends where it began", async (page, app) => {
  await openBoard(page, app);
  await renderStrip(page, 7, "ping-pong");
  const { name, bytes } = await download(page, "Frames (zip)");
  assertEquals(name, "tiny-interpolation.zip");
  const files = unzipSync(bytes);
  assertEquals(Object.keys(files), Array.from({ length: 7 }, (_, index) => `frame-00${index + 1}.png`));
  const frames = Object.values(files);
  assertEquals(frames[0], frames[6]);
  assertEquals(frames[1], frames[5]);
  assert(frames[0]!.join() !== frames[3]!.join());
  assertEquals(size(frames[0]!.slice()), [224, 224]);
}, { acceptDownloads: true });

browserTest("a closed loop ends at its first key frame, by a way of its own", async (page, app) => {
  await openBoard(page, app);
  const keys: number[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/interpolate")) keys.push(JSON.parse(request.postData()!).keys.length);
  });
  await renderStrip(page, 9, "closed");
  assertEquals(keys, [3]);
});

for (const { name, starts } of [{ name: "WebM", starts: "\x1aE\xdf\xa3" }, { name: "MP4", starts: "\0\0\0" }]) {
  browserTest(`a strip is kept as ${name} by the browser's own encoder`, async (page, app) => {
    await openBoard(page, app);
    await renderStrip(page, 12, "stop");
    const { bytes } = await download(page, name);
    assertEquals(String.fromCharCode(...bytes.subarray(0, starts.length)), starts);
    const { duration, width } = await page.evaluate(async ({ data, type }) => {
      const video = document.createElement("video");
      const blob = new Blob([Uint8Array.from(atob(data), (character) => character.charCodeAt(0))], { type });
      video.src = URL.createObjectURL(blob);
      await new Promise((resolve, reject) => {
        video.onloadedmetadata = resolve;
        video.onerror = () => reject(new Error("the browser can't play it"));
      });
      return { duration: video.duration, width: video.videoWidth };
    }, { data: bytes.toBase64(), type: `video/${name.toLowerCase()}` });
    assertEquals(width, 224);
    assert(Math.abs(duration - 12 / 24) < 0.05, `${duration} s`);
  }, { acceptDownloads: true });
}

browserTest("what is shown is what is exported: changed key frames ask for another rendering", async (page, app) => {
  await openBoard(page, app);
  await renderStrip(page, 6, "stop");
  const gif = page.getByRole("button", { name: "GIF" });
  await gif.waitFor();
  await page.getByRole("button", { name: "Move key frame 2 earlier" }).click();
  await page.getByText("render again to export").waitFor();
  assertEquals(await gif.count(), 0);
  await page.getByRole("button", { name: "Move key frame 2 earlier" }).click();
  await gif.waitFor();
});

browserTest("the player stands at the first frame, and a click on the film shows a frame", async (page, app) => {
  await openBoard(page, app);
  await renderStrip(page, 8, "stop");
  assertEquals(await page.locator("#strip-position").inputValue(), "0");
  const film = page.locator(".filmstrip canvas");
  const { width, height } = (await film.boundingBox())!;
  await film.click({ position: { x: width * 5.5 / 8, y: height / 2 } });
  assertEquals(await page.locator("#strip-position").inputValue(), "5");
});
