import { assert, assertEquals, assertLess, assertMatch, assertRejects } from "deno-std/assert/mod.js";
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { FIXTURE } from "./fixture.ts";

/** Bytes of script that a page with one trivial island may ship, gzipped. */
const SCRIPT_BUDGET = 20 * 1024;

/** Milliseconds that a build may take once its packages are cached. */
const BUILD_BUDGET = 3_000;

const LOCK = `--lock=${fileURLToPath(new URL("../../deno.lock", import.meta.url))}`;

/** Runs Deno in the fixture's folder. */
async function deno(command: string, ...args: string[]): Promise<string> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [command, LOCK, ...args],
    cwd: FIXTURE,
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
  const { success, stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  assert(success, decoder.decode(stderr));
  return decoder.decode(stdout);
}

Deno.test("Builder.build() writes a server that needs no build tools", async (t) => {
  const outDir = join(FIXTURE, "_fresh");
  try {
    await deno("run", "-A", "dev.ts", "build");
    const start = performance.now();
    const output = await deno("run", "-A", "dev.ts", "build");
    const took = performance.now() - start;
    assertMatch(output, /Assets written to: _fresh/);

    await t.step("in under three seconds", () => {
      assertLess(took, BUILD_BUDGET);
    });

    const entry = pathToFileURL(join(outDir, "server.js")).href;
    const { default: server } = await import(entry);
    const get = async (path: string) => {
      const request = new Request(new URL(path, "http://localhost"));
      const response: Response = await server.fetch(request);
      return { response, text: await response.text() };
    };

    await t.step("that serves pages, routes and static files", async () => {
      assertMatch((await get("/")).text, /<!--frsh:island:Counter_Counter:0:-->/);
      assertEquals((await get("/pages/2")).text, "page 2");
      const { response } = await get("/pixel.svg");
      const { size } = await Deno.stat(join(FIXTURE, "static", "pixel.svg"));
      assertEquals(response.headers.get("Content-Length"), String(size));
      assertMatch(
        (await get("/style.css")).text,
        /pixel\.svg\?__frsh_c=\w{16}/,
      );
    });

    await t.step("that ships little script with a small island", async () => {
      const { text } = await get("/");
      const inline = /<script type="module"[^>]*>(.*?)<\/script>/s.exec(text);
      const found = new Set<string>();
      let bytes = gzipSync(inline?.[1] ?? "").byteLength;
      async function load(url: string): Promise<void> {
        if (found.has(url)) return;
        found.add(url);
        const { text, response } = await get(url);
        assertEquals(response.status, 200, url);
        bytes += gzipSync(text).byteLength;
        for (const [, next] of text.matchAll(/(?:from|import)"(\.[^"]+)"/g)) {
          await load(new URL(next!, new URL(url, "http://x")).pathname);
        }
      }
      for (const [, url] of inline![1]!.matchAll(/from "([^"]+)"/g)) {
        await load(url!);
      }
      assertEquals(found.size >= 2, true);
      assertLess(bytes, SCRIPT_BUDGET);
    });

    await t.step("that loads neither esbuild nor the builder", async () => {
      const graph = JSON.parse(await deno("info", "--json", entry));
      const specifiers: string[] = graph.modules
        .map(({ specifier }: { specifier: string }) => specifier);
      assertEquals(specifiers.filter((name) => name.includes("esbuild")), []);
      assertEquals(specifiers.filter((name) => name.includes("/src/dev/")), []);
      const packages = Object.values(graph.npmPackages as object)
        .map(({ name }) => name);
      const modules = specifiers.filter((name) => name.startsWith("npm:"))
        .map((name) => name.replace(/^npm:\/?((?:@[^/]+\/)?[^@/]+).*$/, "$1"));
      assert(packages.includes("preact"));
      assertEquals([...new Set(modules)].toSorted(), [
        "@preact/signals",
        "devalue",
        "preact",
        "preact-render-to-string",
      ]);
    });
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
});

Deno.test("Builder.build() makes the same build of the same files", async () => {
  const first = new Builder({ root: FIXTURE });
  const second = new Builder({ root: FIXTURE });
  await first.build({ snapshot: "memory" });
  await second.build({ snapshot: "memory" });
  assertEquals(first.config.buildId, second.config.buildId);
});

Deno.test("Builder.build() keeps an earlier app free of a later one", async () => {
  const builder = new Builder({ root: FIXTURE });
  const apply = await builder.build({ snapshot: "memory" });
  const built = new App().use(staticFiles()).fsRoutes();
  const bare = new App().use(staticFiles()).fsRoutes();
  apply(built);
  const status = async (app: App<unknown>) => (await app.handler()(new Request("http://localhost/about"))).status;
  assertEquals(await status(built), 200);
  assertEquals(await status(bare), 404);
});

Deno.test("Builder.build() names an import that it cannot bundle", async () => {
  const root = await Deno.makeTempDir({ dir: FIXTURE, prefix: "_fresh" });
  try {
    await Deno.mkdir(join(root, "islands"));
    const island = join(root, "islands", "Broken.ts");
    await Deno.writeTextFile(island, 'import "./missing.ts";');
    const builder = new Builder({ root });
    await assertRejects(
      () => builder.build({ snapshot: "memory" }),
      Error,
      "missing.ts",
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("Builder.build() refuses files of routing and of the static folder that it leaves out", async () => {
  for (
    const [file, message] of [
      ["routes/_layout.tsx", "routes/_layout"],
      ["routes/_500.tsx", "routes/_500"],
      ["routes/(_islands)/Local.tsx", "routes/(_islands)/Local"],
      ["static/model.onnx", "staticFiles() of /model.onnx"],
    ] as const
  ) {
    const root = await Deno.makeTempDir({ dir: FIXTURE, prefix: "_fresh" });
    try {
      await Deno.mkdir(dirname(join(root, file)), { recursive: true });
      await Deno.writeTextFile(join(root, file), "export default () => null;");
      const building = () => new Builder({ root }).build({ snapshot: "memory" });
      await assertRejects(building, Error, `"${message}" exists in Fresh 2.3.3`);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});

Deno.test("Builder.build() needs the right to write the project's folder, as Fresh does", async () => {
  const build = async (write: string) => {
    const args = ["run", LOCK, "--no-prompt", "--allow-read", "--allow-env", "--allow-run", "--allow-sys"];
    const command = new Deno.Command(Deno.execPath(), {
      args: [...args, `--allow-write=${write}`, "dev.ts", "build"],
      cwd: FIXTURE,
    });
    const { success, stderr } = await command.output();
    return success ? "built" : new TextDecoder().decode(stderr);
  };
  try {
    assertEquals(await build("."), "built");
    assertMatch(await build("_fresh"), /Requires write access/);
  } finally {
    await Deno.remove(join(FIXTURE, "_fresh"), { recursive: true });
  }
});
