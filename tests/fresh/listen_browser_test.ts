import { assertEquals, assertMatch } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { hasChromium, openPage } from "./browser.ts";
import { FIXTURE } from "./fixture.ts";

/** Reads what a process prints until a line matches. */
async function waitFor(
  output: ReadableStreamDefaultReader<string>,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  let text = "";
  while (true) {
    const match = pattern.exec(text);
    if (match !== null) return match;
    const { value, done } = await output.read();
    if (done) throw new Error(`Cannot find ${pattern} in: ${text}`);
    text += value;
  }
}

Deno.test({
  name: hasChromium
    ? "Builder.listen() rebuilds, and open pages reload"
    : "Builder.listen() rebuilds (skipped: Chromium is missing)",
  ignore: !hasChromium,
  async fn() {
    const root = await Deno.makeTempDir({ dir: FIXTURE, prefix: "_fresh" });
    const island = join(root, "islands", "Label.tsx");
    const label = (text: string) =>
      Deno.writeTextFile(
        island,
        `import { useEffect, useState } from "preact/hooks";
export function Label() {
  const [text, setText] = useState("server");
  useEffect(() => setText("${text}"), []);
  return <p class="label">{text}</p>;
}
`,
      );
    await Deno.mkdir(join(root, "islands"));
    await Deno.mkdir(join(root, "routes"));
    await label("before");
    await Deno.writeTextFile(
      join(root, "routes", "index.tsx"),
      `import { Label } from "../islands/Label.tsx";
export default function Home() {
  return (
    <html>
      <head />
      <body>
        <Label />
      </body>
    </html>
  );
}
`,
    );
    const port = freePort();
    await Deno.writeTextFile(
      join(root, "dev.ts"),
      `import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
const app = new App().use(staticFiles()).fsRoutes();
await new Builder().listen(() => Promise.resolve(app), {
  port: ${port},
  hostname: "127.0.0.1",
});
`,
    );
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--watch", "dev.ts"],
      cwd: root,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = process.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    const { page, close } = await openPage();
    try {
      const [, origin] = await waitFor(output, /Fresh ready: (\S+)\//);
      assertEquals(origin, `http://127.0.0.1:${port}`);
      await page.goto(`${origin}/`);
      await page.locator("text=before").waitFor();

      await label("after");
      await page.locator("text=after").waitFor();

      await page.goto(`${origin}/missing`);
      assertMatch(await page.content(), /Not Found/);
    } finally {
      await close();
      process.kill();
      await output.cancel();
      await process.status;
      await Deno.remove(root, { recursive: true });
    }
  },
});

function freePort(): number {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  return port;
}
