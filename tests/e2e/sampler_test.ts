import { assert, assertEquals, assertNotEquals } from "deno-std/assert/mod.js";
import type { Page } from "playwright-core";
import { parseBoardUrl } from "../../lib/browser/board_url.ts";
import { samplePrior } from "../../lib/latent/mod.ts";
import { boardPixels, browserTest, changedPixels, eventually, openBoard, useApp } from "./_app.ts";

useApp();

const sampler = (page: Page) => page.getByRole("combobox", { name: "Sampler" });

/** The state in the address, once it carries the seed of a sample. */
const linked = (page: Page, passed?: number) =>
  eventually(async () => {
    const link = parseBoardUrl(new URL(await page.evaluate(() => location.href)));
    return link.seed === undefined || link.seed === passed ? undefined : { ...link, seed: link.seed };
  });

browserTest(
  "random draws by the mixture when it is chosen, as the API does, and the link keeps it",
  async (page, app) => {
    await openBoard(page, app);
    await page.getByText("Options of Random").click();
    const first = await boardPixels(page);
    await sampler(page).selectOption("mixture");
    await page.getByRole("button", { name: "Random" }).click();
    const pixels = await changedPixels(page, first);
    const link = await linked(page);
    assertEquals(link.sampler, "gmm");
    const { z } = await (await page.request.post(`${app.origin}/api/sample`, {
      data: { model: "tiny", seed: link.seed, sampler: "gmm" },
    })).json();
    assertEquals(link.z, z[0]);
    assertNotEquals(link.z, [...samplePrior(link.seed, 1, 20)]);

    await page.reload();
    await page.getByText("Connected", { exact: true }).waitFor();
    await page.getByText("Options of Random").click();
    assertEquals(await sampler(page).inputValue(), "gmm");
    await page.getByRole("button", { name: "Reset" }).click();
    await eventually(async () => (await boardPixels(page)) === pixels ? undefined : true);
    const seed = page.getByLabel("Seed", { exact: true });
    await seed.fill(String(link.seed));
    await seed.press("Enter");
    await eventually(async () => (await boardPixels(page)) === pixels ? true : undefined);

    await sampler(page).selectOption("prior");
    await page.getByRole("button", { name: "Random" }).click();
    const prior = await linked(page, link.seed);
    assertEquals(prior.sampler, undefined);
    assertEquals(prior.z, [...samplePrior(prior.seed, 1, 20)]);
  },
);

browserTest("the mixture can't be chosen for a model without a map, nor by a link", async (page, app) => {
  await openBoard(page, app, "/?model=small&sampler=gmm");
  await page.getByText("Options of Random").click();
  assertEquals(await sampler(page).inputValue(), "prior");
  assert(await page.locator("#sampler option[value=gmm]").evaluate((option: HTMLOptionElement) => option.disabled));
});
