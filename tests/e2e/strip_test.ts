import { assert, assertEquals } from "deno-std/assert/mod.js";
import type { Page } from "playwright-core";
import {
  boardPixels,
  browserTest,
  canvasPixels,
  changedPixels,
  eventually,
  latent,
  openBoard,
  useApp,
} from "./_app.ts";

useApp();

/** Puts two key frames into the strip, the second at another place. */
async function twoKeys(page: Page): Promise<void> {
  await page.getByRole("tab", { name: "Interpolation" }).click();
  const add = page.getByRole("button", { name: "Add this picture" });
  await add.click();
  await page.getByRole("img", { name: "Key frame 1" }).waitFor();
  const first = await boardPixels(page);
  await page.getByRole("button", { name: "Random" }).click();
  await changedPixels(page, first);
  await add.click();
  await page.getByRole("img", { name: "Key frame 2" }).waitFor();
}

const position = (page: Page) => page.locator("#strip-position");
const screen = (page: Page) => canvasPixels(page, ".player .picture canvas");

browserTest("a strip fills between two key frames, and its ends are the key frames", async (page, app) => {
  await openBoard(page, app);
  await twoKeys(page);
  await page.locator("#strip-frames").fill("24");
  await page.getByRole("button", { name: "Render" }).click();
  await page.getByText("Frame 1 of 24").waitFor();
  const keys = [
    await canvasPixels(page, ".key:nth-child(1) canvas"),
    await canvasPixels(page, ".key:nth-child(2) canvas"),
  ];
  await eventually(async () => (await screen(page)) === keys[0] ? true : undefined);
  await position(page).fill("23");
  await eventually(async () => (await screen(page)) === keys[1] ? true : undefined);
  await position(page).fill("12");
  const middle = await eventually(async () => (await screen(page)) === keys[0] ? undefined : await screen(page));
  assert(middle !== keys[1]);
  const film = await page.locator(".filmstrip canvas").evaluate((canvas: HTMLCanvasElement) => canvas.width);
  assertEquals(film, 24 * 28);
});

browserTest(
  "a strip that is called off while it streams keeps what has come, and can be filled again",
  async (page, app) => {
    await openBoard(page, app);
    await twoKeys(page);
    await page.locator("#strip-frames").fill("240");
    const network = await page.context().newCDPSession(page);
    const limit = (bytesPerSecond: number) =>
      network.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 0,
        downloadThroughput: bytesPerSecond,
        uploadThroughput: -1,
      });
    await limit(50_000); // a frame is a kilobyte: the whole strip would take seconds
    const failed = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/api/interpolate"));
    await page.getByRole("button", { name: "Render" }).click();
    await page.getByText(/^Frame ([5-9]|\d\d+) of \d+$/).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    assertEquals((await failed).failure()?.errorText, "net::ERR_ABORTED");

    const place = async () => (await page.locator("label[for=strip-position]").textContent())!;
    const reached = await place();
    const came = Number(/^Frame (\d+) of \1$/.exec(reached)?.[1]);
    assert(came >= 5 && came < 240, reached);
    assertEquals(await page.getByRole("alert").count(), 0);
    assertEquals(await page.locator(".player progress").count(), 0);
    await position(page).fill("0");
    await eventually(async () =>
      (await screen(page)) === await canvasPixels(page, ".key:nth-child(1) canvas") ? true : undefined
    );
    assertEquals(await place(), `Frame 1 of ${came}`);

    await limit(-1);
    await page.getByRole("button", { name: "Render" }).click();
    await page.getByText("Frame 1 of 240").waitFor();
  },
);

browserTest("a strip plays, loops, and stops at its end when it does not loop", async (page, app) => {
  await openBoard(page, app);
  await twoKeys(page);
  await page.locator("#strip-frames").fill("8");
  await page.getByRole("button", { name: "Render" }).click();
  await page.getByText("Frame 1 of 8").waitFor();
  await page.getByLabel("Speed").selectOption("48");
  await page.getByLabel("Loop").uncheck();
  await page.getByRole("button", { name: "Play" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.getByRole("button", { name: "Play" }).waitFor();
  assertEquals(await position(page).inputValue(), "7");

  await page.getByLabel("Loop").check();
  await page.getByRole("button", { name: "Play" }).click();
  const seen = new Set<string>();
  await eventually(async () => {
    seen.add(await position(page).inputValue());
    return seen.size === 8 ? true : undefined;
  });
  await page.getByRole("button", { name: "Pause" }).click();
});

for (
  const { name, extension, starts } of [
    { name: "GIF", extension: "gif", starts: "GIF89a" },
    { name: "WebP", extension: "webp", starts: "RIFF" },
    { name: "PNG sheet", extension: "png", starts: "\x89PNG" },
  ]
) {
  browserTest(`a strip is kept as ${name}`, async (page, app) => {
    await openBoard(page, app);
    await twoKeys(page);
    await page.locator("#strip-frames").fill("6");
    await page.getByRole("button", { name: "Render" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name, exact: true }).click();
    const file = await download;
    assertEquals(file.suggestedFilename(), `tiny-interpolation.${extension}`);
    const bytes = await Deno.readFile((await file.path())!);
    assertEquals(String.fromCharCode(...bytes.subarray(0, starts.length)), starts);
  }, { acceptDownloads: true });
}

browserTest("key frames move, leave, and come back to the board", async (page, app) => {
  await openBoard(page, app);
  const first = await boardPixels(page);
  await twoKeys(page);
  await page.getByRole("button", { name: "Move key frame 2 earlier" }).click();
  await page.getByRole("button", { name: "Load key frame 2" }).click();
  const second = await canvasPixels(page, ".key:nth-child(2) canvas");
  await eventually(async () => (await boardPixels(page)) === second ? true : undefined);
  assert(second !== first);
  await page.getByRole("button", { name: "Remove key frame 1" }).click();
  assertEquals(await page.locator(".key").count(), 1);
  assert(await page.getByRole("button", { name: "Render" }).isDisabled());
});

browserTest("a grid shows prior samples, the same for the same seed; a cell goes to the board", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Grids" }).click();
  await page.getByLabel("Seed of the first").fill("77");
  await page.getByRole("button", { name: "Show prior samples" }).click();
  const cell = page.getByRole("button", { name: "Sample 5: to the board" });
  await cell.waitFor();
  const shown = await canvasPixels(page, ".cells button:nth-child(5) canvas");
  await cell.click();
  await eventually(async () => (await boardPixels(page)) === shown ? true : undefined);

  await page.getByRole("button", { name: "Others" }).click();
  await eventually(async () =>
    (await canvasPixels(page, ".cells button:nth-child(5) canvas")) === shown ? undefined : true
  );
  await page.getByLabel("Seed of the first").fill("77");
  await page.getByRole("button", { name: "Show prior samples" }).click();
  await eventually(async () =>
    (await canvasPixels(page, ".cells button:nth-child(5) canvas")) === shown ? true : undefined
  );
});

browserTest("a grid walks two latents", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Grids" }).click();
  await page.getByLabel("X axis").selectOption("4");
  await page.getByLabel("Y axis").selectOption("9");
  await page.getByRole("button", { name: "Show traversal" }).click();
  await page.getByRole("button", { name: "z4 -2.58, z9 2.58: to the board" }).click();
  assertEquals(
    await latent(page, 4).getAttribute("aria-valuetext"),
    "minus 2.58",
  );
  assertEquals(await page.locator(".cells button").count(), 64);
});
