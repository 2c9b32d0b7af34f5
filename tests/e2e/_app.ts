/** The real app, served as `deno task start` serves it, over models made for the test; and Chromium to look at it. */
import { sheetPng, splitBitmaps } from "../../lib/imaging/mod.ts";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { encodeLatentMap } from "../../lib/latent/mod.ts";
import { readModelFile, writeModel } from "../../lib/model/mod.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

const CHROMIUM = "/usr/bin/chromium";
const hasChromium = await Deno.stat(CHROMIUM).then((file) => file.isFile, () => false);

/** A running server. */
export interface RunningApp {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** The folder of its models and of what it keeps. */
  readonly folder: string;
  /** Ends the server process; its folder stays. */
  stop(): Promise<void>;
  /** Starts it again at the same place. */
  startAgain(): Promise<void>;
}

let app: RunningApp | undefined;
let browser: Browser | undefined;

/** Prepares a test file: the app with the models `tiny` (20 latents) and `small` (2), and a browser; ends both after. */
export function useApp(): void {
  if (!hasChromium) return;
  Deno.test.beforeAll(async () => {
    await build();
    const folder = await Deno.makeTempDir({ prefix: "latentboard-browser-" });
    await writeModelWithMap(`${folder}/models`);
    await writeTinyModel(`${folder}/models`, { name: "small", latentDim: 2, seed: 2 });
    app = await serve(folder);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
    });
  });
  Deno.test.afterAll(async () => {
    await browser?.close();
    await app?.stop();
    if (app !== undefined) await Deno.remove(app.folder, { recursive: true });
  });
}

/**
 * A test that looks at a page as a person would. It fails on anything that the page throws or logs as an error, but for
 * the kinds of message that `expected` allows. `skipped` says why it cannot run here.
 */
export function browserTest(
  name: string,
  work: (page: Page, app: RunningApp) => Promise<void>,
  options: BrowserContextOptions & { expected?: RegExp; skipped?: string | undefined } = {},
): void {
  const skipped = hasChromium ? options.skipped : "Chromium is missing";
  Deno.test({
    name: skipped === undefined ? name : `${name} (skipped: ${skipped})`,
    ignore: skipped !== undefined,
    sanitizeOps: false, // the server and the browser live longer than one test
    sanitizeResources: false,
    fn: async () => {
      const { expected, skipped: _, ...contextOptions } = options;
      const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...contextOptions });
      try {
        const page = await context.newPage();
        page.setDefaultTimeout(10_000);
        const problems: string[] = [];
        page.on("pageerror", (error) => problems.push(String(error)));
        page.on("console", (message) => {
          if (message.type() === "error" && !expected?.test(message.text())) problems.push(message.text());
        });
        await work(page, app!);
        if (problems.length > 0) throw new Error(`On the page: ${problems.join("\n")}`);
      } finally {
        await context.close();
      }
    },
  });
}

/** Opens the board and waits until it is alive. */
export async function openBoard(page: Page, app: RunningApp, path = "/?model=tiny"): Promise<void> {
  await page.goto(`${app.origin}${path}`);
  await page.getByText("Connected", { exact: true }).waitFor();
}

/** Waits until every traversal on the screen has its pictures. */
export async function traversals(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".strip[data-empty]")].every((strip) =>
      !strip.checkVisibility() || strip.getBoundingClientRect().top > innerHeight
    )
  );
}

/** Shows the sliders beyond the most telling ones. */
export async function unfold(page: Page): Promise<void> {
  await page.getByText(/^\d+ more sliders$/).click();
}

/** The slider of one latent, behind another tab too. */
export const latent = (page: Page, index: number) => page.locator(`input[aria-label="Latent ${index}"]`);

/** The board's picture as the numbers of its pixels; transparent before the first frame. */
export async function boardPixels(page: Page): Promise<string> {
  return await canvasPixels(page, "#picture canvas");
}

/** A canvas as the numbers of its pixels. */
export async function canvasPixels(page: Page, selector: string): Promise<string> {
  return await page.locator(selector).first().evaluate((canvas: HTMLCanvasElement) =>
    canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data.join()
  );
}

/** Where the map shows a point, in CSS pixels. */
export async function pointOnMap(page: Page): Promise<{ x: number; y: number }> {
  return await eventually(() =>
    page.locator(".map canvas").first().evaluate((canvas: HTMLCanvasElement) => {
      const { data, width } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      const at = data.findIndex((value, i) => i % 4 === 3 && value > 150);
      if (at < 0) return undefined;
      const pixel = Math.floor(at / 4);
      const scale = canvas.clientWidth / width;
      return { x: (pixel % width) * scale, y: Math.ceil(Math.floor(pixel / width) * scale) + 1 };
    })
  );
}

/** Waits until the board shows other pixels than these, and returns them. */
export async function changedPixels(page: Page, before: string): Promise<string> {
  return await eventually(async () => {
    const now = await boardPixels(page);
    return now === before ? undefined : now;
  });
}

/** Tries until something comes out, for at most some seconds. */
export async function eventually<T>(attempt: () => Promise<T | undefined>, seconds = 5): Promise<T> {
  for (let waited = 0; waited < seconds * 1000; waited += 25) {
    const result = await attempt();
    if (result !== undefined) return result;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`What was waited for did not come within ${seconds} s`);
}

/** The model `tiny` with 40 test pictures of two classes: grey squares, darker in the first class. */
async function writeModelWithMap(models: string): Promise<void> {
  const count = 40;
  const size = 28;
  const document = await writeTinyModel(models, { name: "tiny", latentDim: 20, seed: 1 });
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 2);
  const mu = Float32Array.from({ length: count * 20 }, (_, index) => Math.sin(index) * 1.5);
  const pixels = Uint8Array.from({ length: count * size * size }, (_, at) => {
    const index = Math.floor(at / (size * size));
    const row = Math.floor(at / size) % size;
    return row < 6 || row > 21 ? 0 : 80 + 100 * labels[index]! + index;
  });
  await writeModel(models, document, {
    "encoder.onnx": await readModelFile(models, document, "encoder.onnx"),
    "decoder.onnx": await readModelFile(models, document, "decoder.onnx"),
    "map.bin": encodeLatentMap(mu, labels, 20),
    "map.png": sheetPng(splitBitmaps(pixels, { height: size, width: size, channels: 1 }), 8),
  }, { force: true });
}

async function build(): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--lock=serve.lock", "dev.ts", "build"],
  }).output();
  if (code !== 0) throw new Error(`The build failed: ${new TextDecoder().decode(stderr)}`);
}

/** Serves the models that ship, for one test. */
export async function withShippedModels(work: (app: RunningApp) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "latentboard-shipped-" });
  const shipped = await serve(folder, "models");
  try {
    await work(shipped);
  } finally {
    await shipped.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

async function serve(folder: string, models = `${folder}/models`): Promise<RunningApp> {
  let { child, port } = await spawn(folder, 0, models);
  return {
    origin: `http://127.0.0.1:${port}`,
    folder,
    stop: async () => {
      child.kill("SIGTERM");
      await child.status;
    },
    startAgain: async () => {
      ({ child, port } = await spawn(folder, port, models));
    },
  };
}

async function spawn(
  folder: string,
  port: number,
  models: string,
): Promise<{ child: Deno.ChildProcess; port: number }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "run",
        "-A",
        "--quiet",
        "--lock=serve.lock",
        "lib/cli/serve.ts",
        "--port",
        String(port),
        "--providers",
        "cpu",
      ],
      ...["--models", models, "--home", `${folder}/home`],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
    const match = /is at http:\/\/127\.0\.0\.1:(\d+)/.exec(text);
    if (match === null) continue;
    drain(reader);
    return { child, port: Number(match[1]) };
  }
  throw new Error(`The server did not start: ${text}`);
}

/** Reads on to the end, so that the server never waits for us. */
async function drain(reader: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await reader.read()).done);
}
