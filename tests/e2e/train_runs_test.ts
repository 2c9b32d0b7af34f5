/** The pages of runs: a run as it trains, in every kind of accident, and the list of them. */
import { assert, assertEquals } from "deno-std/assert/mod.js";
import type { Page } from "playwright-core";
import type { RunSummary } from "../../lib/protocol_runs.ts";
import { runPath } from "../../lib/runs/mod.ts";
import { readRunProcess } from "../../lib/training/control.ts";
import { browserTest, eventually, useApp } from "./_app.ts";
import { discardAll, IS_QUIET, SMALL, startRun, untilState } from "./_runs.ts";

useApp();

const FIRST_SAMPLES_MS = 10_000;
const CURVE_POINTS = 100_000;
const MAX_DRAW_MS = 50;

/** Points of the first curve. */
async function points(page: Page): Promise<number> {
  return Number(await page.locator(".curve-plot").first().getAttribute("data-points"));
}

browserTest(
  "a run is watched as it trains, survives a reload, a killed training and a killed server, and ends on the board",
  async (page, app) => {
    page.setDefaultTimeout(60_000);
    const asked = performance.now();
    const { id } = await startRun(page, app, { config: { ...SMALL, epochs: 5000 } });
    try {
      await page.goto(`${app.origin}/runs/${id}`);
      const samples = page.getByRole("img", { name: /^Invented pictures after step/ });
      await samples.waitFor();
      await eventually(() => samples.evaluate((image: HTMLImageElement) => image.naturalWidth === 8 * 28 || undefined));
      const waited = performance.now() - asked;
      if (IS_QUIET) assert(waited < FIRST_SAMPLES_MS, `the first samples came after ${waited.toFixed(0)} ms`);

      const before = await eventually(async () => await points(page) || undefined, 30);
      await page.reload();
      await eventually(async () => await points(page) > before || undefined, 30);
      await page.locator(".curve-plot canvas").first().waitFor();
      await page.getByRole("img", { name: /^Map of the latent space/ }).waitFor();
      await page.getByRole("meter", { name: /^Slider 0:/ }).waitFor();

      Deno.kill((await readRunProcess(runPath(`${app.folder}/home`, id)))!.pid, "SIGKILL");
      await page.getByText("Crashed").waitFor();
      await page.getByRole("button", { name: "Go on" }).click();
      await page.getByText(/^Round \d+ of 5000/).waitFor();
      const saved = await points(page);
      await eventually(async () => await points(page) > saved || undefined, 30);

      await app.stop();
      await page.getByText("The server can't be reached").waitFor();
      await app.startAgain();
      await page.getByText("The server can't be reached").waitFor({ state: "detached" });
      const again = await points(page);
      await eventually(async () => await points(page) > again || undefined, 30);

      await page.getByRole("link", { name: "Open on the board" }).click();
      await page.getByText("Connected").waitFor();
      const step = page.getByText(/^As it is after step/);
      const learned = await step.innerText();
      await eventually(async () => await step.innerText() !== learned || undefined, 30);
      await page.waitForFunction(() => document.querySelectorAll(".strip[data-empty]").length === 0);
      await page.getByRole("slider", { name: /^The same sliders/ }).fill("0");
      await page.getByText(/^The same sliders after step/).waitFor();
      const [film] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Film as GIF" }).click(),
      ]);
      assertEquals(film.suggestedFilename(), `${id}.gif`);
      await page.getByRole("link", { name: "Its training" }).click();

      await page.getByRole("button", { name: "Stop and keep the model" }).click();
      await page.getByText("Finished", { exact: true }).waitFor();
      await page.getByRole("link", { name: "Look inside the model" }).waitFor();
      await page.getByRole("link", { name: "Open on the board" }).click();
      await page.getByText("Connected").waitFor();
    } finally {
      await discardAll(page, app);
    }
  },
  { expected: /Failed to load resource|ERR_|EventSource/ },
);

browserTest("runs are found, compared, put in order, deleted and restored", async (page, app) => {
  page.setDefaultTimeout(60_000);
  const first = await startRun(page, app, { config: { ...SMALL, title: "First try" } });
  try {
    await untilState(page, app, first.id, "finished");
    const second = await startRun(page, app, { config: { ...SMALL, title: "Second try", epochs: 5000 } });
    const waiting: RunSummary[] = [];
    for (const title of ["Third try", "Fourth try"]) {
      waiting.push(await startRun(page, app, { config: { ...SMALL, title } }));
    }
    await page.goto(`${app.origin}/runs`);
    await page.getByRole("button", { name: "Fourth try earlier" }).click();
    await eventually(async () => {
      const { order } = await (await page.request.get(`${app.origin}/api/queue`)).json() as { order: string[] };
      return order[0] === waiting[1]!.id || undefined;
    });
    await page.getByLabel("Find").fill("first");
    await page.getByText("Second try").waitFor({ state: "detached" });
    await page.getByRole("checkbox", { name: /^Compare First try/ }).check();
    await page.getByLabel("Find").fill("");
    await page.getByRole("checkbox", { name: /^Compare Second try/ }).check();
    await page.getByRole("link", { name: "Compare 2 runs" }).click();
    await page.locator(".curve-plot canvas").first().waitFor();
    assertEquals(await page.getByRole("row", { name: /^epochs 2 5000/ }).count(), 1);
    await discardAll(page, app);

    await page.goto(`${app.origin}/runs`);
    await page.getByRole("button", { name: /^Delete First try/ }).click();
    await page.getByText("Deleted First try").waitFor();
    await page.getByRole("link", { name: "First try" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("link", { name: "First try" }).waitFor();
    assert(second.id !== first.id);
  } finally {
    await discardAll(page, app);
  }
});

browserTest(`curves of ${CURVE_POINTS} points each are drawn in under ${MAX_DRAW_MS} ms`, async (page, app) => {
  page.setDefaultTimeout(60_000);
  const { id } = await startRun(page, app, { config: SMALL });
  try {
    await untilState(page, app, id, "finished");
    await page.route(
      /\/events\?/,
      (route) => route.fulfill({ contentType: "text/event-stream", body: longRun(CURVE_POINTS) }),
    );
    await page.goto(`${app.origin}/runs/${id}`);
    await eventually(async () => await points(page) === CURVE_POINTS || undefined, 30);
    const slider = page.getByRole("slider", { name: "Smoothing" });
    await slider.focus();
    for (let drawing = 0; drawing < 12; drawing++) await page.keyboard.press("ArrowRight"); // each draws all curves again
    const times = await page.evaluate(() => performance.getEntriesByName("curve").map(({ duration }) => duration));
    const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
    assert(
      times.length > 12 && median < MAX_DRAW_MS,
      `${times.length} drawings, the median in ${median.toFixed(1)} ms`,
    );
  } finally {
    await discardAll(page, app);
  }
}, { skipped: IS_QUIET ? undefined : "the machine is busy" });

/** A run's stream with that many steps. */
function longRun(count: number): string {
  const per = 1000;
  const events = Array.from({ length: count / per }, (_, at) => {
    const step = Array.from({ length: per }, (_, i) => at * per + i + 1);
    const noisy = step.map((value) =>
      Number((200 + 400 / Math.sqrt(value) + 20 * Math.sin(value * 12.9898)).toFixed(3))
    );
    const ones = step.map(() => 1);
    const data = {
      ...{ id: at + 1, time: 0, type: "metrics", step, loss: noisy, reconstruction: noisy, kl: noisy },
      ...{ learningRate: ones, beta: ones, epoch: 1, imagesPerSecond: 1000, secondsLeft: 1 },
    };
    return `id: ${at + 1}\nevent: metrics\ndata: ${JSON.stringify(data)}\n\n`;
  });
  return events.join("");
}
