/** From a person's own pictures to a model on the board. */
import { assert, assertEquals } from "deno-std/assert/mod.js";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { encodePng } from "../../lib/imaging/mod.ts";
import { browserTest, eventually, type RunningApp, useApp } from "./_app.ts";
import { discardAll, IS_QUIET } from "./_runs.ts";

useApp();

const FIRST_SAMPLES_MS = 10_000;
const SIDE = 16;

/** A bright square on a dark ground, or the other way round. */
function picture(seed: number): Uint8Array {
  const [ground, figure] = seed % 2 === 0 ? [30, 200] : [210, 40];
  const corner = 2 + seed % 7;
  const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % SIDE, Math.floor(at / 3 / SIDE)];
    const inside = x >= corner && x < corner + 6 && y >= corner && y < corner + 6;
    return (inside ? figure! : ground!) + (at % 3) * 12 + seed % 5;
  });
  return encodePng({ width: SIDE, height: SIDE, channels: 3, data });
}

/** Drops files onto the page as a hand does. */
async function drop(page: Page, files: readonly { name: string; bytes: Uint8Array }[]): Promise<void> {
  await page.evaluate((files) => {
    const dataTransfer = new DataTransfer();
    for (const { name, base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      dataTransfer.items.add(new File([bytes], name));
    }
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") })));
}

/** Opens the page and waits until it is alive. */
async function openTrain(page: Page, app: RunningApp): Promise<void> {
  page.setDefaultTimeout(60_000);
  await page.goto(`${app.origin}/train`);
  await page.getByRole("radio", { name: /^sample/ }).waitFor();
  await page.getByRole("button", { name: "Start training" }).and(page.locator(":enabled")).waitFor();
}

browserTest("pictures that are dropped become a model on the board, with two clicks between", async (page, app) => {
  await openTrain(page, app);
  const pictures = Array.from({ length: 60 }, (_, i) => ({ name: `picture-${i}.png`, bytes: picture(i) }));
  const broken = { name: "broken.png", bytes: new TextEncoder().encode("no picture") };
  await drop(page, [...pictures, { name: "twin.png", bytes: picture(0) }, broken]);
  try {
    await page.getByText(/^All pictures are here: 62 of 62 files/).waitFor();
    await page.getByText("One picture is there twice or more.").waitFor();
    await page.getByText("1 file can't be used").click();
    await page.getByText("broken.png").waitFor();
    await page.getByText(/^Above as they are, below what training sees: 16×16, colour/).waitFor();

    await page.getByText("Quick look", { exact: true }).click();
    const started = performance.now();
    await page.getByRole("button", { name: "Start training" }).click();
    await page.waitForURL(/\/runs\/./);
    const samples = page.getByRole("img", { name: /^Invented pictures after step/ });
    await samples.waitFor();
    await eventually(() => samples.evaluate((image: HTMLImageElement) => image.naturalWidth > 100 || undefined));
    const waited = performance.now() - started;
    if (IS_QUIET) assert(waited < FIRST_SAMPLES_MS, `the first samples came after ${waited.toFixed(0)} ms`);

    await page.getByText("Finished", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Open on the board" }).click();
    await page.getByText("Connected").waitFor();
    assert(new URL(page.url()).searchParams.get("model") !== null);
    await page.getByRole("slider", { name: /^Latent/ }).first().waitFor();
  } finally {
    await discardAll(page, app);
  }
});

browserTest("a folder's pictures get their labels, which are renamed, moved and taken out", async (page, app) => {
  const folder = await Deno.makeTempDir();
  for (let i = 0; i < 12; i++) {
    const label = `${folder}/shapes/${i % 2 === 0 ? "bright" : "dark"}`;
    await Deno.mkdir(label, { recursive: true });
    await Deno.writeFile(`${label}/${i}.png`, picture(i));
  }
  try {
    await openTrain(page, app);
    await page.getByLabel("A folder of pictures").setInputFiles(`${folder}/shapes`);
    await page.getByText(/^12 pictures under 2 labels, 16 pixels: 12 in colour, 12 square/).waitFor();
    await page.getByText("Labels and pictures").click();
    await page.getByRole("button", { name: "bright 6" }).click();
    const name = page.getByRole("textbox", { name: "Rename the label bright" });
    await name.fill("light");
    await name.press("Enter");
    await page.getByRole("button", { name: "light 6" }).waitFor();

    const thumbnail = page.locator(".thumbnail");
    await eventually(async () => await thumbnail.count() === 6 || undefined);
    await eventually(() =>
      thumbnail.first().locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth > 0 || undefined)
    );
    await thumbnail.first().dragTo(page.getByRole("button", { name: "dark 6" }));
    await page.getByRole("button", { name: "dark 7" }).waitFor();
    await thumbnail.first().click();
    await page.getByRole("button", { name: "Take out" }).click();
    await page.getByText(/^11 pictures under 2 labels/).waitFor();

    await page.getByRole("button", { name: "Delete shapes" }).click();
    await page.getByText("Deleted shapes").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("radio", { name: /^shapes/ }).waitFor();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

browserTest("form and YAML are the same settings, and what differs from the preset is marked", async (page, app) => {
  await openTrain(page, app);
  await page.getByText("The same as YAML").click();
  const yaml = page.getByRole("textbox", { name: "Settings as YAML" });
  const sliders = page.getByLabel("Sliders");
  await sliders.fill("7");
  await sliders.press("Enter");
  await page.getByText("One setting differs from “Good”.").waitFor();
  await eventually(async () => (await yaml.inputValue()).includes("latentDim: 7") || undefined);
  assertEquals(await page.locator(".setting.is-changed").count(), 1);

  await yaml.fill(
    (await yaml.inputValue()).replace("latentDim: 7", "latentDim: 9").replace(/^epochs: \d+$/m, "epochs: 3"),
  );
  await eventually(async () => await sliders.inputValue() === "9" || undefined);
  assertEquals(await page.getByRole("spinbutton", { name: "Rounds through the pictures" }).inputValue(), "3");

  await sliders.fill("5000");
  await sliders.press("Enter");
  await page.getByRole("alert").filter({ hasText: "latentDim is 5000" }).first().waitFor();
  assert(await page.getByRole("button", { name: "Start training" }).isDisabled());
  await page.getByRole("button", { name: "Back to “Good”" }).click();
  await eventually(async () => await sliders.inputValue() === "16" || undefined);
  await page.getByRole("alert").first().waitFor({ state: "detached" });
}, { expected: /400/ });
