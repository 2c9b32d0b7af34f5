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

      await t.step("boot() keeps one signal of two islands one", async () => {
        await page.goto(`${origin}/shared`);
        await islandsStarted(page);
        await page.locator(".writer").click();
        assertEquals(await page.locator(".reader").textContent(), "11");
        assertEquals(await page.locator(".writer").textContent(), "add to 11");
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

      await t.step("boot() takes over children from the server", async () => {
        await page.goto(`${origin}/slots`);
        await islandsStarted(page);
        assertEquals(await page.locator(".given").count(), 1);
        const counter = page.locator(".counter").first();
        await counter.click();
        assertEquals(await counter.textContent(), "2");

        const toggle = page.locator(".toggle");
        assertEquals(await page.locator(".deep").count(), 0);
        await toggle.nth(1).click();
        assertEquals(await page.locator(".deep").textContent(), "deep");
        const deep = page.locator(".fold .fold .counter");
        await deep.click();
        assertEquals(await deep.textContent(), "6");

        await toggle.first().click();
        assertEquals(await page.locator(".given").count(), 0);
        await toggle.first().click();
        assertEquals(
          (await page.locator(".given").textContent())?.trim(),
          "Given by the server",
        );
        assertEquals(
          await page.locator("header em").first().innerHTML(),
          "Open",
        );
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

      await t.step("boot() starts an island beside its route", async () => {
        await page.goto(`${origin}/local`);
        await islandsStarted(page);
        const button = page.locator(".group .local");
        await button.click();
        assertEquals(await button.getAttribute("aria-pressed"), "true");
      });

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

      await t.step(
        "boot() leaves what a visitor typed into children",
        async () => {
          await page.goto(`${origin}/edges`);
          await islandsStarted(page);
          const form = page.locator("form");
          const before = await form.evaluate((element: Element) => element.outerHTML.replaceAll(/<!--.*?-->/g, ""));
          await page.locator("#name").fill("typed");
          await page.locator(".again").click();
          await page.locator(".again").click();
          assertEquals(await page.locator(".again").textContent(), "2");
          assertEquals(await page.locator("#name").inputValue(), "typed");
          assertEquals(await page.locator("select").inputValue(), "y");
          assertEquals(
            await page.locator("input[type=checkbox]").isChecked(),
            true,
          );
          assertEquals(await page.locator("textarea").inputValue(), "text");
          assertEquals(
            await form.evaluate((element: Element) => element.outerHTML),
            before,
          );
        },
      );

      await t.step("Head changes the document from an island", async () => {
        await page.goto(`${origin}/titled`);
        assertEquals(await page.title(), "Pressed 0");
        await islandsStarted(page);
        await page.locator(".titled").click();
        await page.waitForFunction(() => document.title === "Pressed 1");
        assertEquals(await page.locator("meta[name=description]").count(), 1);
        assertEquals(
          await page.locator("meta[name=description]").getAttribute("content"),
          "pressed 1",
        );
        const src = await page.locator(".pixel").getAttribute("src");
        const asset = await page.locator(".asset").getAttribute("value");
        assertEquals(src, asset);
        assertEquals(
          await page.locator(".here").getAttribute("aria-current"),
          "page",
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
