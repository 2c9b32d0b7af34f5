/** Shared boards, as a visitor meets them: static files from a server that knows nothing else, and no network. */
import { assert, assertEquals, assertLess } from "deno-std/assert/mod.js";
import { Buffer } from "node:buffer";
import { extname, join } from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { decodeUpload } from "../../lib/imaging/mod.ts";
import { parseBoardUrl } from "../../lib/browser/board_url.ts";
import { RUNTIME_VERSION, runtimeFolder } from "../../lib/share/mod.ts";
import { missingPackages } from "../../lib/cli/support/packages.ts";
import { violations } from "./_axe.ts";
import {
  boardPixels,
  browserTest,
  eventually,
  latent,
  openBoard,
  pointOnMap,
  type RunningApp,
  useApp,
} from "./_app.ts";

useApp();

/** The runtime is fetched for sharing alone, so a machine without a network may lack it. */
const skipped = await canHaveRuntime() ? undefined : "onnxruntime-web can't be fetched";

async function canHaveRuntime(): Promise<boolean> {
  if ((await missingPackages("share.lock")).length === 0) return true;
  const args = ["cache", "--quiet", "--lock=share.lock", `npm:onnxruntime-web@${RUNTIME_VERSION}`];
  return (await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).output()).success;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

/** Serves a folder to a page, with no more than a plain static server does, until the page has left it. */
function serveFolder(folder: string, page: Page): { origin: string } & AsyncDisposable {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname).replace(/\/$/, "/index.html");
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    try {
      return new Response(await Deno.readFile(join(folder, path)), { headers: { "content-type": type } });
    } catch {
      return new Response("Not found", { status: 404 });
    }
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await page.goto("about:blank"); // what is still loading would fail otherwise, and be taken for a fault
      await server.shutdown();
    },
  };
}

async function share(app: RunningApp, ...args: string[]): Promise<string> {
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--lock=serve.lock", "lib/cli/share.ts", ...args, "--home", `${app.folder}/home`],
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  if (code !== 0) throw new Error(text.decode(stderr));
  return text.decode(stdout);
}

/** Everything that the page asks for, to show that it asks no other place. */
function watchRequests(page: Page): string[] {
  const urls: string[] = [];
  page.on("request", (request) => urls.push(request.url()));
  return urls;
}

/** The pixels that a server decodes from the sliders of a page. */
async function serverPixels(page: Page, app: RunningApp, model: string): Promise<number[]> {
  const { z } = parseBoardUrl(new URL(page.url()));
  const response = await page.request.post(`${app.origin}/api/decode`, { data: { model, z } });
  const { images: [image] } = await response.json();
  const data: Uint8Array = Uint8Array.fromBase64(image.data);
  return Array.from(
    { length: image.width * image.height },
    (_, i) => image.channels === 1 ? [data[i]!, data[i]!, data[i]!, 255] : [...data.subarray(i * 3, i * 3 + 3), 255],
  ).flat();
}

browserTest("the board's button downloads it, and fetches the runtime when it is first used", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("tab", { name: "Export" }).click();
  const button = page.getByRole("button", { name: "Share this board" });
  const download = page.waitForEvent("download", { timeout: 120_000 });
  await button.click();
  const files = unzipSync(await Deno.readFile((await (await download).path())!));
  const paths = Object.keys(files).map((path) => path.replace(/^tiny-board\//, ""));
  for (const path of ["index.html", "README.txt", "worker.js", "runtime/ort.wasm", "model/decoder.onnx"]) {
    assert(paths.includes(path), path);
  }
  const wasm = join(runtimeFolder(`${app.folder}/home`), "ort.wasm"); // deflated in the archive, unlike the weights
  assertEquals(files["tiny-board/runtime/ort.wasm"], await Deno.readFile(wasm));
  const model = `${app.folder}/models/tiny/decoder.onnx`;
  assertEquals(files["tiny-board/model/decoder.onnx"], await Deno.readFile(model));
  assertEquals(await share(app, "--prepare"), "The Share button of the board is ready\n"); // nothing left to fetch
}, { acceptDownloads: true, skipped });

for (const [model, models] of [["tiny", undefined], ["emoji", "models"]] as const) {
  browserTest(`a shared board of ${model} decodes in the browser what the server decodes`, async (page, app) => {
    const folder = `${app.folder}/shared-${model}`;
    if (models !== undefined) {
      await Deno.mkdir(`${app.folder}/models/${model}`);
      for await (const { name } of Deno.readDir(`${models}/${model}`)) {
        await Deno.copyFile(`${models}/${model}/${name}`, `${app.folder}/models/${model}/${name}`);
      }
    }
    await share(app, model, "--models", `${app.folder}/models`, "--out", folder);
    await using site = serveFolder(folder, page);
    const urls = watchRequests(page);
    await page.goto(`${site.origin}/`);
    await page.getByText("Running in this browser").waitFor();
    let shown = await boardPixels(page);
    for (const value of ["-0.9", "0.8"]) {
      const before = page.url();
      await latent(page, 3).fill(value);
      const now = await eventually(async () => {
        const pixels = await boardPixels(page);
        return pixels === shown || page.url() === before ? undefined : pixels;
      });
      const expected = await serverPixels(page, app, model);
      const actual = now.split(",").map(Number);
      assertEquals(actual.length, expected.length);
      assertLess(Math.max(...actual.map((byte, i) => Math.abs(byte - expected[i]!))), 2);
      shown = now;
    }
    assertEquals(urls.filter((url) => !/^(blob|data):/.test(url) && !url.startsWith(site.origin)), []);
    const besides = await sizeOf(folder) - await sizeOf(`${folder}/model`) - await sizeOf(`${folder}/runtime`);
    assertLess(besides + await sizeOf(`${folder}/model`, /^map/), 5e6);
  }, { skipped });
}

browserTest("a shared board has the map, the strip and saved pictures, below any path", async (page, app) => {
  await share(app, "tiny", "--models", `${app.folder}/models`, "--out", `${app.folder}/site/deep/tiny`);
  await using site = serveFolder(`${app.folder}/site`, page);
  await page.goto(`${site.origin}/deep/tiny/index.html`);
  await page.getByText("Running in this browser").waitFor();

  await page.getByRole("tab", { name: "Interpolation" }).click();
  await page.getByRole("button", { name: "Add this picture" }).click();
  await page.getByRole("img", { name: "Key frame 1" }).waitFor();
  await page.getByRole("button", { name: "Random" }).click();
  await page.getByRole("button", { name: "Add this picture" }).click();
  await page.getByRole("button", { name: "Render" }).click();
  const gif = page.waitForEvent("download");
  await page.getByRole("button", { name: "GIF" }).click();
  assertEquals((await Deno.readTextFile((await (await gif).path())!)).slice(0, 6), "GIF89a");
  assertEquals(await page.getByRole("button", { name: "WebP" }).count(), 0);

  await page.getByText("Options of Random").click();
  await page.getByLabel("Sampler").selectOption("gmm");
  const before = await boardPixels(page);
  await page.getByRole("button", { name: "Random" }).click();
  await eventually(async () => await boardPixels(page) === before ? undefined : true);
  const value = await latent(page, 2).inputValue();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save" }).click();
  const file = (await (await download).path())!;
  const saved = await decodeUpload(await Deno.readFile(file));
  const grey = (await boardPixels(page)).split(",").filter((_, i) => i % 4 === 0).map(Number);
  assertEquals([...saved.data], grey);

  await page.getByRole("button", { name: "Reset" }).click();
  await page.getByRole("tab", { name: "Encode a picture" }).click();
  await page.locator('input[type="file"]').setInputFiles({
    name: "saved.png",
    mimeType: "image/png",
    buffer: Buffer.from(await Deno.readFile(file)),
  });
  await page.getByText("Restored from").waitFor();
  assertEquals(await latent(page, 2).inputValue(), value);

  await page.getByRole("tab", { name: "Map", exact: true }).click();
  const map = page.getByRole("img", { name: /^Map of the latent space/ });
  await map.scrollIntoViewIfNeeded();
  const link = page.url();
  await map.click({ position: await pointOnMap(page) });
  await page.waitForURL((url) => url.href !== link);
  await page.getByText("0.00 away").waitFor();
  await page.getByLabel("Arrange by").selectOption("umap");
  await page.getByRole("button", { name: "Stop" }).waitFor({ state: "detached" });
  assertEquals(await page.getByLabel("Arrange by").inputValue(), "umap");
}, { acceptDownloads: true, skipped });

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [390, 1280, 1920]) {
    browserTest(
      `axe-core finds nothing wrong on a shared board, ${colorScheme}, ${width} pixels`,
      async (page, app) => {
        const folder = `${app.folder}/axe`;
        await share(app, "tiny", "--models", `${app.folder}/models`, "--out", folder, "--force");
        await using site = serveFolder(folder, page);
        await page.goto(`${site.origin}/`);
        await page.getByText("Running in this browser").waitFor();
        await page.getByRole("tab", { name: "Map", exact: true }).click();
        await page.getByText(/test pictures\. /).waitFor();
        assertEquals(await violations(page), []);
        assertEquals(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      },
      { colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce", skipped },
    );
  }
}

browserTest("opened as a file, a shared board shows its first picture and says what it needs", async (page, app) => {
  const folder = `${app.folder}/file`;
  await share(app, "tiny", "--models", `${app.folder}/models`, "--out", folder);
  await page.goto(`file://${folder}/index.html`);
  await page.getByText("README.txt, beside it, says how to start one").waitFor();
  const width = await page.locator(".picture img").evaluate((image: HTMLImageElement) => image.naturalWidth);
  assertEquals(width, 28);
  assert((await Deno.readTextFile(`${folder}/README.txt`)).includes("python3 -m http.server"));
}, { expected: /CORS|blocked|ERR_FAILED|origin/, skipped });

async function sizeOf(folder: string, names = /./): Promise<number> {
  let size = 0;
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory) size += await sizeOf(join(folder, entry.name), names);
    else if (names.test(entry.name)) size += (await Deno.stat(join(folder, entry.name))).size;
  }
  return size;
}
