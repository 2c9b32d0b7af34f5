// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/**
 * `deno task screenshots`: takes the pictures of the README's tour, from the real app over the models that ship,
 * into docs/images/. Pictures that stand on the board are held-out ones of the sample, so each run shows the same.
 */
import { Buffer } from "node:buffer";
import { chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { boardUrl } from "../lib/browser/board_url.ts";
import { parseIdx } from "../lib/dataset/mod.ts";
import { encodePng } from "../lib/imaging/mod.ts";
import type { EncodeResponse, SaveRequest } from "../lib/protocol.ts";
import type { RunSummary } from "../lib/protocol_runs.ts";
import { startServer } from "./_server.ts";

const TWENTY = "fashion-mnist";
const TWO = "fashion-mnist-2d";
const FOLDER = "docs/images";
const SAMPLE = "data/fashion-mnist-sample/validation-";
const MOST_KILOBYTES = 250;
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
/** Labels of the sample, as labels.txt numbers them. */
const LABEL = { trouser: 1, pullover: 2, dress: 3, sandal: 5, bag: 8, boot: 9 };

interface Shot {
  /** The file's name, without `.png`. */
  readonly name: string;
  readonly size?: keyof typeof SIZES;
  readonly dark?: boolean;
  /** Where the page is. */
  readonly path: string;
  /** What a person does there before the picture is taken. */
  readonly prepare: (page: Page) => Promise<void>;
}

/** Names of pictures; without any, the whole tour. */
const only = Deno.args;
const home = await Deno.makeTempDir({ prefix: "latentboard-screenshots-" });
const server = await startServer(["--home", home, "--models", "models"]);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
  await Deno.mkdir(FOLDER, { recursive: true });
  const pictures = await readSample();
  const tour = await planTour(pictures);
  for (const shot of tour.filter(({ name }) => only.length === 0 || only.includes(name))) await take(shot);
} finally {
  await browser.close();
  await server.stop();
  await Deno.remove(home, { recursive: true });
}

async function planTour(pictures: (label: number, nth?: number) => Uint8Array): Promise<Shot[]> {
  const mu = async (label: number, nth = 0, model = TWENTY) => await encode(model, pictures(label, nth));
  const boot = await mu(LABEL.boot, 2);
  const keys = [await mu(LABEL.trouser), await mu(LABEL.dress), await mu(LABEL.pullover), await mu(LABEL.bag)];
  await fillGallery(mu);
  const board = boardUrl({ model: TWENTY, z: boot });
  return [
    { name: "board", path: board, prepare: moveSliders },
    { name: "board-dark", dark: true, path: board, prepare: moveSliders },
    { name: "board-phone", size: "phone", path: board, prepare: moveSliders },
    { name: "interpolation", path: boardUrl({ model: TWENTY, z: keys[0], keys }), prepare: fillStrip },
    { name: "grids", path: boardUrl({ model: TWO, z: [0, 0] }), prepare: showManifold },
    { name: "picture-in", path: `/?model=${TWENTY}`, prepare: (page) => bringPicture(page, pictures(LABEL.sandal, 4)) },
    { name: "gallery", path: "/gallery", prepare: (page) => page.waitForLoadState("networkidle") },
    { name: "model", path: `/models/${TWO}`, prepare: showPictures },
    { name: "compare", path: `/compare?model=${TWENTY}&model=${TWO}`, prepare: showPictures },
    { name: "train", path: "/train", prepare: (page) => sendPictures(page, pictures) },
    { name: "run", path: "/train", prepare: trainModel },
  ];
}

/** Sends some held-out pictures as a person's own. */
async function sendPictures(page: Page, pictures: (label: number, nth?: number) => Uint8Array): Promise<void> {
  await page.getByRole("radio", { name: /^sample/ }).waitFor();
  const files = Array.from({ length: 60 }, (_, i) => ({
    name: `clothes-${i}.png`,
    mimeType: "image/png",
    buffer: Buffer.from(pictures(i % 10, Math.floor(i / 10))),
  }));
  await page.getByLabel("Pictures or archives").setInputFiles(files);
  await page.getByText("60 pictures, 28 pixels").waitFor();
  await page.getByText(/^Above as they are/).waitFor();
  await page.getByLabel("Sliders").fill("12");
  await page.getByLabel("Sliders").blur();
  await page.getByText("One setting differs").waitFor();
  await page.getByRole("button", { name: "Start training", disabled: false }).waitFor();
}

/** Trains a small model on the sample, and shows how it learned. */
async function trainModel(page: Page): Promise<void> {
  const config = {
    title: "Clothes",
    architecture: { kind: "mlp", hidden: [128] },
    latentDim: 8,
    epochs: 8,
    optimizer: { learningRate: 2e-3 },
  };
  const run = await (await send("/api/runs", "application/json", JSON.stringify({ config }))).json() as RunSummary;
  await page.goto(`${server.url}/runs/${run.id}`);
  await page.getByText("Finished", { exact: true }).waitFor({ timeout: 10 * 60_000 });
  await page.reload(); // its pictures as they were in the end
  await page.locator(".curve-plot canvas").nth(1).waitFor();
  await page.waitForLoadState("networkidle");
}

/** Waits for a model's reconstructions and samples. */
async function showPictures(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.locator('.sheet canvas[aria-busy="true"]').first().waitFor({ state: "detached" });
  await page.locator(".sheet-empty").first().waitFor({ state: "detached" });
}

async function moveSliders(page: Page): Promise<void> {
  await alive(page);
  const slider = page.getByRole("slider", { name: /^Latent/ }).first();
  await slider.focus();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft"]) {
    await page.keyboard.press(key);
    await page.waitForTimeout(100); // a pace at which no move is passed over
  }
  await measured(page);
  await slider.blur();
}

/** Waits until the board says how long a picture took, and how far off the manifold it lies. */
async function measured(page: Page): Promise<void> {
  await page.locator(".latency").getByText("ms").waitFor();
  await page.locator(".verdict").getByText(/^(like the data|unusual|unlike the data)$/).waitFor();
}

async function fillStrip(page: Page): Promise<void> {
  await alive(page);
  await page.locator(".key canvas").nth(3).waitFor();
  await page.locator("#strip-frames").fill("11"); // as many as are seen at once
  await page.getByRole("button", { name: "Render" }).click();
  await page.getByText("Frame 1 of 11").waitFor();
  await page.locator("#strip-position").fill("4");
}

async function showManifold(page: Page): Promise<void> {
  await alive(page);
  await page.getByRole("tab", { name: "Grids" }).click();
  await page.getByRole("button", { name: "Show traversal" }).click();
  await page.locator(".cells canvas").nth(63).waitFor();
  await page.locator(".cells button").nth(5).click();
  await measured(page);
  await page.mouse.move(0, 0); // or what lies under it is marked
}

async function bringPicture(page: Page, png: Uint8Array): Promise<void> {
  await alive(page);
  await page.getByRole("tab", { name: "Encode a picture" }).click();
  const file = { name: "sandal.png", mimeType: "image/png", buffer: Buffer.from(png) };
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByText("Mean squared error").waitFor();
}

/** Waits until the board is connected and every traversal strip has its picture. */
async function alive(page: Page): Promise<void> {
  await page.getByText("Connected", { exact: true }).waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".strip[data-empty]")].every((strip) =>
      !strip.checkVisibility() || strip.getBoundingClientRect().top > innerHeight
    )
  );
}

/** Saves what a person might: pictures of several classes, some tagged and starred. */
async function fillGallery(mu: (label: number, nth?: number, model?: string) => Promise<number[]>): Promise<void> {
  for (let label = 0; label < 10; label++) {
    const shoe = [5, 7, 9].includes(label);
    await save({ model: TWENTY, z: await mu(label, 1), tags: shoe ? ["shoes"] : [] }, label % 4 === 1);
  }
  for (const label of [LABEL.dress, LABEL.boot]) await save({ model: TWO, z: await mu(label, 1, TWO), tags: ["2d"] });
}

async function save(request: SaveRequest, starred = false): Promise<void> {
  const { id } = await (await send("/api/save", "application/json", JSON.stringify(request))).json();
  if (starred) await send(`/api/gallery/${id}`, "application/json", JSON.stringify({ starred }), "PATCH");
}

async function encode(model: string, png: Uint8Array): Promise<number[]> {
  const response = await send(`/api/encode?model=${model}`, "image/png", png);
  return [...(await response.json() as EncodeResponse).mu];
}

async function send(path: string, type: string, body: BodyInit | Uint8Array, method = "POST"): Promise<Response> {
  const response = await fetch(server.url + path, {
    method,
    headers: { "content-type": type, origin: server.url },
    body: body as BodyInit,
  });
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
  return response;
}

/** The held-out pictures of the sample, as PNG, by label. */
async function readSample(): Promise<(label: number, nth?: number) => Uint8Array> {
  const read = async (name: string) => {
    const file = await Deno.open(SAMPLE + name);
    const plain = file.readable.pipeThrough(new DecompressionStream("gzip"));
    return parseIdx(new Uint8Array(await new Response(plain).arrayBuffer()), name);
  };
  const [images, labels] = [await read("images-idx3-ubyte.gz"), await read("labels-idx1-ubyte.gz")];
  const [, height, width] = images.shape as [number, number, number];
  return (label, nth = 0) => {
    const places = [...labels.data.keys()].filter((index) => labels.data[index] === label);
    const start = places[nth]! * width * height;
    const data = Uint8Array.from(images.data.subarray(start, start + width * height));
    return encodePng({ width, height, channels: 1, data });
  };
}

async function take({ name, size = "desktop", dark = false, path, prepare }: Shot): Promise<void> {
  const page = await browser.newPage({
    viewport: SIZES[size],
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    hasTouch: size === "phone",
  });
  try {
    await page.goto(server.url + path);
    await prepare(page);
    await page.evaluate(() => document.fonts.ready);
    const png = await sharp(await page.screenshot()).png({ palette: true, effort: 10, dither: 0 }).toBuffer();
    const kilobytes = png.length / 1000;
    if (kilobytes > MOST_KILOBYTES) throw new Error(`${name} has ${kilobytes.toFixed(0)} kB, more than a README bears`);
    await Deno.writeFile(`${FOLDER}/${name}.png`, png);
    console.log(`${FOLDER}/${name}.png  ${kilobytes.toFixed(0)} kB`);
  } finally {
    await page.close();
  }
}
