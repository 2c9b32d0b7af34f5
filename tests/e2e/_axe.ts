import axe from "axe-core";
import type { Page } from "playwright-core";

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
