/**
 * The whole way as a newcomer goes it, each part the real one: `deno task train` on shipped pictures, `deno task start`
 * over the model that it published, and Chromium, where sliders are moved and a picture is saved.
 */
import { assert, assertEquals, assertGreater, assertLess } from "deno-std/assert/mod.js";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { readModelDocument } from "../lib/model/mod.ts";
import { boardPixels, changedPixels, eventually } from "./e2e/_app.ts";
import { hasChromium, openPage } from "./fresh/browser.ts";
import { ignore as noTensorFlow } from "./tensorflow/_engine.ts";

const MODEL = "whole-way";
const ARTIFACTS = "tests/artifacts";

const missing = [...(hasChromium ? [] : ["Chromium"]), ...(noTensorFlow ? ["libtensorflow"] : [])];

Deno.test({
  name: "the whole way: train, publish, start, move sliders, save, find it in the gallery" +
    (missing.length > 0 ? ` (skipped: ${missing.join(" and ")} missing)` : ""),
  ignore: missing.length > 0,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "latentboard-whole-way-" });
    try {
      await trainOneEpoch(folder);
      const server = await start(folder);
      try {
        await playAndSave(server.origin);
      } finally {
        await server.stop();
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Trains the default model for an epoch on three classes of the sample that ships, 3,000 pictures. */
async function trainOneEpoch(folder: string): Promise<void> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--lock=deno.lock", "-P=train", "lib/cli/train.ts", ...placesIn(folder)],
      ...["--classes", "Trouser,Sandal,Bag", "--epochs", "1", "--name", MODEL],
    ],
    stdin: "null",
  }).output();
  const printed = new TextDecoder().decode(stdout);
  assertEquals(code, 0, printed + new TextDecoder().decode(stderr));
  assert(/epoch 1\/1 .* images\/s, loss .*reconstruction .*KL/.test(printed), printed);

  const document = await readModelDocument(join(folder, "models"), MODEL);
  assertEquals(document.image, { height: 28, width: 28, channels: 1 });
  assertEquals(document.labels.map(({ name }) => name), ["Trouser", "Sandal", "Bag"]);
  assertLess(document.certificate.imageMaxAbsolute, 1e-5);
  assertLess(document.metrics.negativeElbo!, 450); // untrained, 28 × 28 pixels cost 784 ln 2 = 543 nats
}

/** Starts the server by the command line of `deno task start`, on a free port. */
async function start(folder: string): Promise<{ origin: string; stop: () => Promise<void> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-lock", "-P=launch", "lib/cli/start.ts", ...placesIn(folder)],
      ...["--port", "0", "--providers", "cpu"],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let printed = "";
  const up = Promise.withResolvers<string>();
  const read = child.stderr.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write(text) {
        printed += text;
        const origin = /Latentboard is at (http:\/\/\S+)/.exec(printed)?.[1];
        if (origin !== undefined) up.resolve(origin);
      },
      close: () => up.reject(new Error(`The server did not start: ${printed}`)),
    }),
  );
  const stop = async () => {
    if (Deno.build.os === "windows") child.kill();
    else child.kill("SIGTERM");
    const { code } = await child.status;
    await read;
    if (Deno.build.os !== "windows") assertEquals(code, 0, printed);
  };
  return { origin: await up.promise, stop };
}

const placesIn = (folder: string) => ["--home", join(folder, "home"), "--models", join(folder, "models")];

async function playAndSave(origin: string): Promise<void> {
  await Deno.mkdir(ARTIFACTS, { recursive: true });
  const { page, problems, close } = await openPage();
  try {
    await page.goto(origin);
    await page.getByText("Connected", { exact: true }).waitFor();
    const slider = page.getByRole("slider", { name: /^Latent/ }).first();
    const value = async () => Number(await slider.inputValue());
    const opened = await picturePixels(page, "#picture img");
    assertGreater(new Set(opened.split(",")).size, 20, "shades in the first picture");

    const before = await value();
    await slider.focus();
    const room = Number(await slider.getAttribute("max")) - before >= 0.5; // the board opens where a test picture lies
    for (let press = 0; press < 5; press++) await page.keyboard.press(room ? "ArrowRight" : "ArrowLeft");
    assertEquals((await value()).toFixed(2), (before + (room ? 0.5 : -0.5)).toFixed(2));
    const byKeyboard = await changedPixels(page, opened);

    const box = (await slider.boundingBox())!;
    const middle = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.4, middle);
    await page.mouse.down();
    let shown = byKeyboard;
    for (const share of [0.35, 0.3, 0.2, 0.1]) {
      await page.mouse.move(box.x + box.width * share, middle);
      shown = await changedPixels(page, shown); // a new picture while the button is still held
    }
    await page.mouse.up();
    assertLess(await value(), before);
    const z = await value();
    await page.screenshot({ path: `${ARTIFACTS}/whole-way-board.png`, fullPage: true });

    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved to the gallery").waitFor();
    assertEquals((await page.request.get(`${origin}/models/%E0%A4%A`)).status(), 400, "no escape of UTF-8");
    const { pictures } = await (await page.request.get(`${origin}/api/gallery`)).json();
    const saved = await pixelsAt(page, pictures[0].url);
    await eventually(async () => await boardPixels(page) === saved ? true : undefined); // the last frame may be on its way
    await page.getByRole("link", { name: "Gallery" }).click();
    await page.getByRole("heading", { name: "Gallery" }).waitFor();
    assertEquals(await page.locator(".saved img").count(), 1);
    assert(await picturePixels(page, ".saved img") === saved, "the gallery shows the picture that was saved");
    await page.screenshot({ path: `${ARTIFACTS}/whole-way-gallery.png` });

    await page.getByRole("link", { name: /on the board$/ }).click();
    await page.getByText("Connected", { exact: true }).waitFor();
    assertEquals((await value()).toFixed(3), z.toFixed(3));
    assert(await picturePixels(page, "#picture img") === saved, "the saved picture reopens on the board");
    assert(saved !== opened, "the saved picture is not the one that the board opened with");
    assertEquals(problems, []);
  } finally {
    await close();
  }
}

/** The pixels of a picture on the page. */
async function picturePixels(page: Page, selector: string): Promise<string> {
  return await pixelsAt(page, (await page.locator(selector).getAttribute("src"))!);
}

/** The pixels of the picture at a link, as the page's browser decodes them. */
async function pixelsAt(page: Page, link: string): Promise<string> {
  return await page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, canvas.width, canvas.height).data.join();
  }, link);
}
