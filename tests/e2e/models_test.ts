/** The models' pages: what a model learned and how, and what one does with it. */
import { assert, assertEquals } from "deno-std/assert/mod.js";
import { Buffer } from "node:buffer";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { encodeHistory, readModelDocument, readModelFile, writeModel } from "../../lib/model/mod.ts";
import { browserTest, canvasPixels, eventually, type RunningApp, useApp } from "./_app.ts";

useApp();

/** The model `tiny` under another name, with the losses of five epochs. */
async function writeTrained(app: RunningApp, name: string, title = `Trained ${name}`): Promise<void> {
  const models = `${app.folder}/models`;
  const document = await readModelDocument(models, "tiny");
  const history = [5, 4, 3, 2.5, 2.4].map((loss, i) => ({
    epoch: i + 1,
    train: { loss, reconstruction: loss - 1, kl: 1 },
    validation: { loss: loss + 0.5, reconstruction: loss - 0.6, kl: 1.1 },
  }));
  const files = Object.fromEntries(
    await Promise.all(
      Object.keys(document.files).map(async (file) => [file, await readModelFile(models, document, file)]),
    ),
  );
  const metrics = { ...document.metrics, negativeElbo: 450 };
  await writeModel(models, { ...document, name, title, metrics }, { ...files, "history.json": encodeHistory(history) });
}

async function archiveOf(page: Page, app: RunningApp, model: string): Promise<Buffer> {
  return await (await page.request.get(`${app.origin}/api/models/${model}/model.zip`)).body();
}

browserTest("a model's page shows losses, reconstructions, samples, certificate and sizes", async (page, app) => {
  await writeTrained(app, "shown");
  await page.goto(`${app.origin}/models/shown`);
  await page.getByRole("img", { name: "Loss per epoch, nats: from 5.50 to 2.90 on held-out pictures" }).waitFor();
  await page.getByRole("img", { name: /^KL divergence per epoch/ }).waitFor();
  await page.getByRole("heading", { name: "Certificate of the export" }).waitFor();
  const files = await page.locator(".files li").allInnerTexts();
  assert(files.some((text) => /^encoder\.onnx\s+\d+ kB/.test(text)), files.join());

  await page.locator('canvas[aria-busy="false"]').waitFor();
  const pixels = (await canvasPixels(page, ".sheet canvas")).split(",").map(Number);
  const row = pixels.length / 2;
  assert(new Set(pixels.slice(0, row)).size > 3 && new Set(pixels.slice(row)).size > 3, "a row is blank");
  const samples = page.getByRole("img", { name: /^Samples of Trained shown/ });
  const first = await samples.getAttribute("src");
  await page.getByRole("button", { name: "Draw other samples" }).click();
  await page.getByRole("img", { name: "Samples of Trained shown, seed 2" }).waitFor();
  await eventually(async () => await samples.getAttribute("src") === first ? undefined : true);
  await page.getByLabel("Samples from").selectOption("gmm");
  await eventually(() => samples.evaluate((image: HTMLImageElement) => image.naturalWidth === 8 * 28 || undefined));
});

browserTest("a model without losses says so", async (page, app) => {
  await page.goto(`${app.origin}/models/small`);
  await page.getByText("came without its losses per epoch").waitFor();
  await page.getByText("came without test pictures").waitFor();
});

browserTest("the ONNX files and the whole model download", async (page, app) => {
  await page.goto(`${app.origin}/models/tiny`);
  const onnx = page.waitForEvent("download");
  await page.getByRole("link", { name: "decoder.onnx" }).click();
  const bytes = await Deno.readFile((await (await onnx).path())!);
  assertEquals(bytes, await Deno.readFile(`${app.folder}/models/tiny/decoder.onnx`));
  const zip = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  assert("tiny/model.json" in unzipSync(await Deno.readFile((await (await zip).path())!)));
}, { acceptDownloads: true });

browserTest("a model is renamed on its page, and a name that is taken is explained there", async (page, app) => {
  await writeTrained(app, "before");
  await page.goto(`${app.origin}/models/before`);
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByLabel("Name, for links").fill("tiny");
  await page.locator("dialog").getByRole("button", { name: "Rename" }).click();
  await page.locator("dialog").getByText('There is a model named "tiny" already').waitFor();
  await page.getByLabel("Name, for links").fill("after");
  await page.getByLabel("Title, for people").fill("Boots & bags");
  await page.locator("dialog").getByRole("button", { name: "Rename" }).click();
  await page.waitForURL(/\/models\/after$/);
  await page.getByRole("heading", { name: "Boots & bags", level: 1 }).waitFor();
}, { expected: /409/ });

browserTest("a model is deleted and brought back, on its page and in the list", async (page, app) => {
  await writeTrained(app, "gone");
  await page.goto(`${app.origin}/models/gone`);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Deleted. It can be restored").waitFor();
  assertEquals((await page.request.get(`${app.origin}/models/gone`)).status(), 404);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: "Open on the board" }).waitFor();

  await page.goto(`${app.origin}/models`);
  await page.getByRole("button", { name: "Delete Trained gone" }).click();
  await page.locator(".toasts").getByText("Deleted Trained gone").waitFor();
  assertEquals(await page.getByRole("link", { name: "Trained gone" }).count(), 0);
  await page.locator(".toasts").getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: "Trained gone" }).waitFor();
  await page.reload();
  await page.getByRole("link", { name: "Trained gone" }).waitFor();
});

browserTest("a model's zip is imported by dropping it, and one that is none is refused in words", async (page, app) => {
  await writeTrained(app, "packed");
  const zip = await archiveOf(page, app, "packed");
  await page.goto(`${app.origin}/models`);
  const drop = (name: string, bytes: Uint8Array) =>
    page.evaluate(([name, base64]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64!), (char) => char.charCodeAt(0))], name!));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }, [name, Buffer.from(bytes).toString("base64")]);
  await drop("broken.zip", zip.subarray(0, 2000));
  await page.getByText("broken.zip: This is no model that can be imported").waitFor();
  await drop("packed.zip", zip);
  await page.waitForURL(/\/models\/packed-2$/);
  await page.getByRole("heading", { name: "Trained packed (2)", level: 1 }).waitFor();
}, { expected: /422/ });

browserTest("a zip is imported through the file chooser too", async (page, app) => {
  await page.goto(`${app.origin}/models`);
  const buffer = await archiveOf(page, app, "tiny");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Import a model" }).click();
  await (await chooser).setFiles({ name: "tiny.zip", mimeType: "application/zip", buffer });
  await page.waitForURL(/\/models\/tiny-2$/);
});

browserTest("two models compare side by side: pictures, figures, configurations", async (page, app) => {
  await writeTrained(app, "better");
  await page.goto(`${app.origin}/models`);
  for (const name of ["Compare Tiny small", "Compare Tiny tiny", "Compare Trained better"]) {
    await page.getByRole("checkbox", { name, exact: true }).check();
  }
  assertEquals(await page.getByRole("checkbox", { name: "Compare Tiny small" }).isChecked(), false);
  await page.getByRole("link", { name: "Compare side by side" }).click();
  await page.waitForURL(/\/compare\?model=tiny&model=better$/);
  const row = page.getByRole("row", { name: /^Negative ELBO/ });
  assertEquals(await row.getByRole("cell").allInnerTexts(), ["500", "450 better"]);
  await page.locator('canvas[aria-busy="false"]').nth(1).waitFor();
  const [left, right] = [page.getByAltText(/^Samples of Tiny tiny/), page.getByAltText(/^Samples of Trained better/)];
  for (const samples of [left, right]) {
    await eventually(() => samples.evaluate((image: HTMLImageElement) => image.naturalWidth > 0 || undefined));
  }
  assertEquals((await page.request.get(`${app.origin}/compare?model=tiny`)).status(), 404);
});
