/** The pages about training, as people with other eyes, hands and screens meet them. */
import type { Page } from "playwright-core";
import type { RunPage } from "../../lib/protocol_runs.ts";
import { type RunningApp, useApp } from "./_app.ts";
import { type ShownPage, testPages } from "./_axe.ts";
import { SMALL, startRun, untilState } from "./_runs.ts";

useApp();

/** The ids of two finished runs, which are trained once. */
async function finishedRuns(page: Page, app: RunningApp): Promise<readonly string[]> {
  page.setDefaultTimeout(30_000);
  const { runs } = await (await page.request.get(`${app.origin}/api/runs`)).json() as RunPage;
  if (runs.length > 1) return runs.map(({ id }) => id);
  for (const epochs of [1, 2]) await startRun(page, app, { config: { ...SMALL, epochs, title: `Clothes ${epochs}` } });
  const { runs: started } = await (await page.request.get(`${app.origin}/api/runs`)).json() as RunPage;
  for (const { id } of started) await untilState(page, app, id, "finished");
  return started.map(({ id }) => id);
}

const PAGES: readonly ShownPage[] = [
  {
    name: "a new run",
    open: async (page, app) => {
      await page.goto(`${app.origin}/train`);
      await page.getByText(/^Above as they are/).waitFor();
      await page.locator("summary", { hasText: "All settings" }).click();
      if (!await page.getByRole("textbox", { name: "Settings as YAML" }).isVisible()) {
        await page.getByText("The same as YAML").click();
      }
      await page.getByLabel("Sliders").fill("7");
      await page.getByLabel("Sliders").blur();
      await page.getByText("One setting differs").waitFor();
    },
  },
  {
    name: "runs",
    open: async (page, app) => {
      await finishedRuns(page, app);
      await page.goto(`${app.origin}/runs`);
      await page.getByRole("checkbox", { name: /^Compare Clothes 1/ }).check();
    },
  },
  {
    name: "a run",
    open: async (page, app) => {
      const [id] = await finishedRuns(page, app);
      await page.goto(`${app.origin}/runs/${id}`);
      await page.locator(".curve-plot canvas").first().waitFor();
      await page.getByRole("img", { name: /^Map of the latent space/ }).waitFor();
      await page.getByText("Log", { exact: true }).click();
    },
  },
  {
    name: "runs side by side",
    open: async (page, app) => {
      const [first, second] = await finishedRuns(page, app);
      await page.goto(`${app.origin}/runs/compare?run=${first}&run=${second}`);
      await page.locator(".curve-plot canvas").first().waitFor();
    },
  },
  {
    name: "the board of a run",
    open: async (page, app) => {
      const [id] = await finishedRuns(page, app);
      await page.goto(`${app.origin}/?model=run:${id}`);
      await page.getByText("Connected").waitFor();
    },
  },
];

testPages(PAGES);
