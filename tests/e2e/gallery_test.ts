import { assert, assertEquals } from "deno-std/assert/mod.js";
import { browserTest, openBoard, type RunningApp, useApp } from "./_app.ts";
import type { Page } from "playwright-core";
import type { SavedPicture } from "../../lib/protocol.ts";

useApp();

async function save(page: Page, app: RunningApp, count: number, tag: string): Promise<SavedPicture[]> {
  const saved: SavedPicture[] = [];
  for (let index = 0; index < count; index++) {
    const data = { model: "small", z: [index / 10, -1], tags: [tag] };
    saved.push(await (await page.request.post(`${app.origin}/api/save`, { data })).json());
  }
  return saved;
}

browserTest("an empty gallery says how to begin", async (page, app) => {
  await page.goto(`${app.origin}/gallery`);
  await page.getByText("Nothing saved yet.").waitFor();
  await page.getByRole("link", { name: "on the board" }).click();
  await page.getByText("Connected", { exact: true }).waitFor();
});

browserTest("saved pictures are listed newest first, and one reopens on the board exactly", async (page, app) => {
  const [older, newer] = await save(page, app, 2, "reopen");
  await page.goto(`${app.origin}/gallery?tag=reopen`);
  const sources = await page.locator(".saved img").evaluateAll((all) =>
    all.map((image) => image.getAttribute("src")!.split("?")[0])
  );
  assertEquals(sources, [newer!.url, older!.url]);
  await page.locator(".saved > a").first().click();
  await page.getByText("Connected", { exact: true }).waitFor();
  const value = await page.getByRole("slider", { name: "Latent 0", exact: true }).inputValue();
  assertEquals(Math.fround(Number(value)), Math.fround(0.1));
});

browserTest("star, tags, delete and undo hold after a reload", async (page, app) => {
  await save(page, app, 2, "change");
  await page.goto(`${app.origin}/gallery?tag=change`);
  const star = page.getByRole("button", { name: /^Star/ }).first();
  await star.click();
  await page.locator('.saved button[aria-label^="Star"][aria-pressed="true"]').waitFor();
  await page.getByRole("button", { name: /^Tags of/ }).first().click();
  await page.getByLabel("Tags, with commas").fill("change, <b>boot</b>");
  await page.getByRole("button", { name: "Keep" }).click();
  await page.getByRole("link", { name: "<b>boot</b>" }).waitFor();
  await page.getByRole("button", { name: /^Delete/ }).nth(1).click();
  await page.getByText("Deleted").waitFor();
  assertEquals(await page.locator(".saved").count(), 1);
  await page.reload();
  assertEquals(await page.locator(".saved").count(), 1);
  assertEquals(await page.getByRole("button", { name: /^Star/ }).getAttribute("aria-pressed"), "true");

  await page.getByRole("button", { name: /^Delete/ }).click();
  await page.locator(".toasts").getByRole("button", { name: "Undo" }).click();
  await page.locator(".saved").waitFor();
  await page.reload();
  assertEquals(await page.locator(".saved").count(), 1);
});

browserTest(
  "two pictures compare, and their interpolation opens on the board with both as key frames",
  async (page, app) => {
    await save(page, app, 2, "compare");
    await page.goto(`${app.origin}/gallery?tag=compare`);
    for (const index of [0, 1]) await page.getByRole("checkbox", { name: /^Choose/ }).nth(index).check();
    await page.getByRole("button", { name: "Compare two" }).click();
    await page.getByText("Distance in latent space 0.10").waitFor();
    await page.getByRole("link", { name: "Interpolate them" }).click();
    await page.getByRole("img", { name: "Key frame 2" }).waitFor();
    assert(await page.getByRole("button", { name: "Render" }).isEnabled());
  },
);

browserTest("chosen pictures download as one zip", async (page, app) => {
  await save(page, app, 3, "zip");
  await page.goto(`${app.origin}/gallery?tag=zip`);
  for (const index of [0, 1, 2]) await page.getByRole("checkbox", { name: /^Choose/ }).nth(index).check();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as zip" }).click();
  const bytes = await Deno.readFile((await (await download).path())!);
  assertEquals(String.fromCharCode(...bytes.subarray(0, 2)), "PK");
  const entries = new TextDecoder("latin1").decode(bytes).split("PK\x01\x02").length - 1;
  assertEquals(entries, 3);
}, { acceptDownloads: true });

browserTest("pages keep their filter in the address", async (page, app) => {
  await save(page, app, 50, "many");
  await page.goto(`${app.origin}/gallery`);
  await page.getByLabel("Tag", { exact: true }).selectOption("many");
  await page.waitForURL(/\?tag=many&order=newest$/);
  assertEquals(await page.locator(".saved").count(), 48);
  await page.getByRole("link", { name: "Next page" }).click();
  await page.waitForURL(/tag=many.*cursor=|cursor=.*tag=many/);
  assertEquals(await page.locator(".saved").count(), 2);
  await page.reload();
  assertEquals(await page.locator(".saved").count(), 2);
});

browserTest("every filter acts when it is changed, and one search looks in the whole recipe", async (page, app) => {
  const [first, second] = await save(page, app, 2, "needle");
  await page.request.patch(`${app.origin}/api/gallery/${first!.id}`, { data: { starred: true } });
  await page.goto(`${app.origin}/gallery?tag=needle`);
  const shown = () =>
    page.locator(".saved img").evaluateAll((all) => all.map((image) => image.getAttribute("src")!.split("?")[0]));
  assertEquals(await shown(), [second!.url, first!.url]);
  await page.getByLabel("Order").selectOption("rating");
  await page.waitForURL(/order=rating/);
  assertEquals(await shown(), [first!.url, second!.url]);
  await page.getByLabel("Starred").check();
  await page.waitForURL(/starred=on/);
  assertEquals(await shown(), [first!.url]);
  await page.getByRole("link", { name: "Clear" }).click();
  await page.waitForURL(/\/gallery$/);
  await page.getByRole("searchbox", { name: "Search" }).fill(`tag:needle sha256:${first!.decoderSha256.slice(0, 8)}`);
  await page.keyboard.press("Enter");
  await page.getByText("2 pictures found").waitFor();
  await page.getByRole("searchbox", { name: "Search" }).fill("tag:needle seed:12345");
  await page.keyboard.press("Enter");
  await page.getByText("No saved picture fits this filter").waitFor();
});

browserTest("many pictures are tagged, starred and deleted at once; the counts follow", async (page, app) => {
  await save(page, app, 3, "bulk");
  await page.goto(`${app.origin}/gallery?tag=bulk`);
  await page.getByRole("checkbox", { name: /^Choose/ }).first().check();
  const bar = page.getByRole("region", { name: "Chosen pictures" });
  await bar.getByRole("button", { name: "Choose all" }).click();
  await bar.getByText("3 chosen").waitFor();
  const tags = bar.getByLabel("Tags for the chosen pictures");
  await tags.fill("x".repeat(50));
  await bar.getByRole("button", { name: "Add tags" }).click();
  await page.locator(".toasts").getByText(/must have 1 to 40 characters/).waitFor();
  assertEquals(await tags.inputValue(), "x".repeat(50)); // what was refused can be mended
  await tags.fill("red, blue");
  await bar.getByRole("button", { name: "Add tags" }).click();
  await page.getByRole("link", { name: "red" }).nth(2).waitFor();
  assertEquals(await page.getByLabel("Tag", { exact: true }).locator("option", { hasText: "red (3)" }).count(), 1);
  await tags.fill("blue");
  await bar.getByRole("button", { name: "Remove tags" }).click();
  await page.getByRole("link", { name: "blue" }).first().waitFor({ state: "detached" });
  await bar.getByRole("button", { name: "Star" }).click();
  await page.locator('.saved button[aria-label^="Star"][aria-pressed="true"]').nth(2).waitFor();
  await bar.getByRole("button", { name: "Delete" }).click();
  await page.getByText("0 pictures found").waitFor();
  assertEquals(await page.getByLabel("Tag", { exact: true }).locator("option", { hasText: /^red/ }).count(), 0);
  await page.locator(".toasts").getByRole("button", { name: "Undo" }).click();
  await page.getByText("3 pictures found").waitFor();
  await page.reload();
  assertEquals(await page.getByRole("link", { name: "red" }).count(), 3);
}, { expected: /400/ });

browserTest("times are the reader's own", async (page, app) => {
  const [picture] = await save(page, app, 1, "time");
  await page.goto(`${app.origin}/gallery?tag=time`);
  const local = new Intl.DateTimeFormat("de-DE", { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Tokyo" });
  await page.locator(".saved time").getByText(local.format(new Date(picture!.createdAt))).waitFor();
}, { locale: "de-DE", timezoneId: "Asia/Tokyo" });

browserTest("the models' pages show their figures and lead to the board", async (page, app) => {
  await page.goto(`${app.origin}/models`);
  await page.getByRole("link", { name: "Tiny small" }).click();
  await page.getByRole("heading", { name: "Certificate of the export" }).waitFor();
  await page.getByText("500", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Open on the board" }).click();
  await page.getByText("Connected", { exact: true }).waitFor();
});

browserTest("the board is reached from a saved picture's toast", async (page, app) => {
  await openBoard(page, app);
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".toasts").getByRole("link", { name: "Open" }).click();
  await page.waitForURL(/\/gallery$/);
  assertEquals(
    await page.locator(".saved").first().locator("img").evaluate((image: HTMLImageElement) => image.complete),
    true,
  );
});
