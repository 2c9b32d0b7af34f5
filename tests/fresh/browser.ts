import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** Whether the tests that drive a browser can run. */
export const hasChromium: boolean = await isFile(CHROMIUM);

/** A page in Chromium, and what ends both. */
export interface OpenPage {
  /** The page. */
  page: Page;
  /** What went wrong on it so far. */
  problems: string[];
  /** Ends the browser. */
  close: () => Promise<void>;
}

/** Opens a page in Chromium. */
export async function openPage(): Promise<OpenPage> {
  const browser = await launch();
  const page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  return { page, problems, close: () => browser.close() };
}

/**
 * Serves an app on a free port, opens a page of it in Chromium and closes
 * both. Errors on the page fail the test.
 */
export async function inBrowser(
  handler: (request: Request) => Promise<Response>,
  use: (page: Page, origin: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    handler,
  );
  const { page, problems, close } = await openPage();
  try {
    await use(page, `http://127.0.0.1:${server.addr.port}`);
    if (problems.length > 0) throw new Error(problems.join("\n"));
  } finally {
    await close();
    await server.shutdown();
  }
}

/** Waits until every island of the page has started: the markers are gone by then. */
export async function islandsStarted(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const comments = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
    while (comments.nextNode()) {
      if (comments.currentNode.nodeValue?.startsWith("frsh:island")) return false;
    }
    return document.readyState === "complete";
  });
}

async function launch(): Promise<Browser> {
  return await chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
    ],
  });
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}
