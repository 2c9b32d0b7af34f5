import { assertEquals } from "deno-std/assert/mod.js";
import { hasChromium, inBrowser, islandsStarted } from "./browser.ts";
import { fixtureHandler } from "./fixture.ts";

const ignore = !hasChromium;
const name = (text: string) => hasChromium ? text : `${text} (skipped: Chromium is missing)`;

Deno.test({
  name: name("islands work in Chromium"),
  ignore,
  async fn(t) {
    const handler = await fixtureHandler();
    await inBrowser(handler, async (page, origin) => {
      await t.step("boot() starts an island where it stands", async () => {
        await page.goto(`${origin}/`);
        const counter = page.locator(".counter");
        assertEquals(await counter.textContent(), "3");
        await islandsStarted(page);
        await counter.click();
        assertEquals(await counter.textContent(), "4");
        assertEquals(await counter.count(), 1);
      });

      await t.step("boot() gives props of every kind back", async () => {
        await page.goto(`${origin}/types`);
        const items = page.locator(".types li");
        const onServer = await items.allTextContents();
        await page.locator('.types[data-where="browser"]').waitFor();
        assertEquals(await items.allTextContents(), onServer);
        assertEquals(onServer.slice(0, 7), [
          "1970-01-01T00:00:00.000Z",
          "http://localhost/a?b#c",
          "1",
          "has b",
          "42",
          "0-128-255",
          "undefined",
        ]);
      });

      await t.step(
        "boot() starts an island within an island once",
        async () => {
          await page.goto(`${origin}/nested`);
          await islandsStarted(page);
          await page.locator(".counter").click();
          assertEquals(await page.locator(".frame").innerText(), "8");
        },
      );

      await t.step("boot() copes with islands of any shape", async () => {
        await page.goto(`${origin}/edges`);
        await islandsStarted(page);
        assertEquals(await page.locator(".late").textContent(), "late");
        await page.locator("canvas.either").waitFor();
        assertEquals(await page.locator(".either").count(), 1);
        const line = page.locator(".line");
        assertEquals(
          (await line.textContent())?.trim(),
          "one: 0, done.two: 0, done.",
        );
        await page.locator(".two").click();
        await page.locator(".one").click();
        await page.locator(".two").click();
        assertEquals(
          (await line.textContent())?.trim(),
          "one: 1, done.two: 2, done.",
        );
        await page.locator(".row").click();
        assertEquals(
          await page.locator(".row").getAttribute("data-on"),
          "true",
        );
        assertEquals(await page.locator("tr").allInnerTexts(), [
          "a\tb",
          "plain",
        ]);
      });

      await t.step("pictures get the same URL as assets, in pages and in islands", async () => {
        await page.goto(`${origin}/titled`);
        assertEquals(await page.title(), "Titled");
        assertEquals(
          await page.locator(".pixel").getAttribute("src"),
          await page.locator(".asset").getAttribute("value"),
        );
        await page.goto(`${origin}/edges`);
        await islandsStarted(page);
        assertEquals(
          await page.locator(".late img").getAttribute("src"),
          await page.locator(".late").getAttribute("title"),
        );
      });

      await t.step(
        "import() in an island loads code and a worker",
        async () => {
          await page.goto(`${origin}/heavy`);
          await islandsStarted(page);
          await page.locator(".heavy").click();
          await page.locator("text=sum 6").waitFor();
        },
      );
    });
  },
});
