import { assertEquals } from "deno-std/assert/mod.js";
import { browserTest, openBoard, useApp } from "./_app.ts";
import { type ShownPage, testPages } from "./_axe.ts";

useApp();

const PAGES: readonly ShownPage[] = [
  {
    name: "board",
    open: async (page, app) => {
      await openBoard(page, app);
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved to the gallery").waitFor();
    },
  },
  {
    name: "interpolation",
    open: async (page, app) => {
      await openBoard(page, app);
      await page.getByRole("tab", { name: "Interpolation" }).click();
      const add = page.getByRole("button", { name: "Add this picture" });
      await add.click();
      await page.getByRole("button", { name: "Random" }).click();
      await add.click();
      await page.getByRole("button", { name: "Render" }).click();
      await page.getByRole("button", { name: "GIF" }).waitFor();
    },
  },
  {
    name: "the map",
    open: async (page, app) => {
      await openBoard(page, app);
      await page.getByRole("tab", { name: "Map", exact: true }).click();
      await page.getByText("away").first().waitFor();
    },
  },
  {
    name: "picture in",
    open: async (page, app) => {
      await openBoard(page, app);
      await page.getByRole("tab", { name: "Encode a picture" }).click();
      await page.getByRole("img", { name: /^Drawing canvas/ }).click();
      await page.getByText("Mean squared error").waitFor();
    },
  },
  {
    name: "grids",
    open: async (page, app) => {
      await openBoard(page, app);
      await page.getByRole("tab", { name: "Grids" }).click();
      await page.getByRole("button", { name: "Show prior samples" }).click();
      await page.getByRole("button", { name: "Sample 1: to the board" }).waitFor();
    },
  },
  {
    name: "export",
    open: async (page, app) => {
      await openBoard(page, app);
      await page.getByRole("tab", { name: "Export" }).click();
    },
  },
  {
    name: "the sheet of shortcuts",
    open: async (page, app) => {
      await openBoard(page, app);
      await page.keyboard.press("?");
      await page.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
    },
  },
  {
    name: "gallery",
    open: async (page, app) => {
      for (let count = 0; count < 2; count++) {
        const z = Array(20).fill(count);
        await page.request.post(`${app.origin}/api/save`, { data: { model: "tiny", z, tags: ["one"] } });
      }
      await page.goto(`${app.origin}/gallery`);
      await page.getByRole("checkbox", { name: /^Choose/ }).first().check();
      await page.getByRole("button", { name: /^Tags of/ }).first().click();
    },
  },
  {
    name: "models",
    open: async (page, app) => {
      await page.goto(`${app.origin}/models`);
      await page.getByRole("checkbox", { name: "Compare Tiny small" }).check();
    },
  },
  {
    name: "two models",
    open: async (page, app) => {
      await page.goto(`${app.origin}/compare?model=tiny&model=small`);
      await page.locator('canvas[aria-busy="false"]').waitFor();
    },
  },
  {
    name: "a model",
    open: async (page, app) => {
      await page.goto(`${app.origin}/models/tiny`);
      await page.getByText("Configuration").first().click();
      await page.locator('canvas[aria-busy="false"]').waitFor();
      await page.getByRole("button", { name: "Rename" }).click();
    },
  },
  { name: "a page that is not there", open: async (page, app) => void await page.goto(`${app.origin}/nothing`) },
];

testPages(PAGES);

browserTest("the theme switch holds on the next page, with no flash of the other", async (page, app) => {
  await page.goto(`${app.origin}/models`);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("button", { name: "Dark theme" }).click();
  const dark = await background();
  assertEquals(dark === light, false);
  const response = await page.goto(`${app.origin}/gallery`);
  assertEquals((await response!.text()).includes('data-theme="dark"'), true);
  assertEquals(await background(), dark);
  assertEquals(await page.getByRole("button", { name: "Dark theme" }).getAttribute("aria-pressed"), "true");
}, { colorScheme: "light" });
