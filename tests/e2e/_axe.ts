import { assertEquals } from "deno-std/assert/mod.js";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { browserTest, type RunningApp } from "./_app.ts";

/** A page in a state that is looked at. */
export interface ShownPage {
  readonly name: string;
  readonly open: (page: Page, app: RunningApp) => Promise<void>;
}

/** What axe-core finds wrong, a line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source); // as a debugger does, past the page's own content security policy
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
  });
}

/** Tests that axe-core finds nothing wrong on pages in both themes at three widths, and that they fit a phone. */
export function testPages(pages: readonly ShownPage[]): void {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const { name, open } of pages) {
      browserTest(`axe-core finds nothing wrong on ${name}, ${colorScheme}`, async (page, app) => {
        await open(page, app);
        for (const width of [1280, 1920, 390]) {
          await page.setViewportSize({ width, height: 844 });
          assertEquals(await violations(page), [], `${width} pixels wide`);
        }
      }, { colorScheme, reducedMotion: "reduce", expected: /404/ });
    }
  }

  for (const { name, open } of pages) {
    browserTest(`${name} fits a phone's width`, async (page, app) => {
      await open(page, app);
      const beyond = await page.evaluate(() => {
        const width = document.documentElement.clientWidth;
        return [...document.querySelectorAll("main *")].filter((element) => {
          if (element.closest(".filmstrip, .tabs, .table, .uplot, pre, canvas") !== null) return false; // these scroll within themselves
          const box = element.getBoundingClientRect();
          return box.width > 0 && box.right > width + 1;
        }).map((element) => element.outerHTML.slice(0, 120));
      });
      assertEquals(beyond, []);
    }, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, expected: /404/ });
  }
}
