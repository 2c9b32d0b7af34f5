import { assert, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { LatentboardError } from "../../lib/errors.ts";
import { type DataFile, findFashionMnist, getFashionMnist, loadDataset } from "../../lib/dataset/mod.ts";
import { DEBIAN_FASHION_MNIST } from "../../lib/dataset/fashion_mnist.ts";
import { inFolder } from "../fixtures/folder.ts";

/** Two small files stand for the four large ones. */
const CONTENTS: Readonly<Record<string, Uint8Array>> = {
  "one.gz": Uint8Array.from({ length: 5000 }, (_, i) => (i * i) & 0xff),
  "two.gz": new TextEncoder().encode("the second file"),
};
const FILES: readonly DataFile[] = Object.entries(CONTENTS).map(([name, bytes]) => ({
  name,
  bytes: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
}));

interface Home {
  readonly base: string;
  readonly requests: string[];
}

/** A public home on this machine. */
async function withServer(
  answer: (name: string) => Response,
  work: (home: Home) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const name = new URL(request.url).pathname.slice("/data/".length);
    requests.push(name);
    return answer(name);
  });
  try {
    await work({ base: `http://127.0.0.1:${server.addr.port}/data/`, requests });
  } finally {
    await server.shutdown();
  }
}

const packed = (name: string) => new Uint8Array(gzipSync(CONTENTS[name]!));
const good = (name: string) => new Response(packed(name));

Deno.test("getFashionMnist() downloads from its public home, verifies, and does so once", () =>
  inFolder((home) =>
    withServer(good, async ({ base, requests }) => {
      const options = { home, debian: join(home, "none"), files: FILES, bases: [base] };
      assertEquals(await findFashionMnist(options), undefined);
      const seen = new Set<string>();
      const { folder, origin } = await getFashionMnist({ ...options, onProgress: ({ what }) => void seen.add(what) });
      assertEquals([folder, origin], [join(home, "datasets", "fashion-mnist"), base]);
      assertEquals([...seen], ["downloading one.gz", "downloading two.gz"]);
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["one.gz", "two.gz"]);
      assertEquals(await Deno.readFile(join(folder, "two.gz")), packed("two.gz"));
      assertEquals((await getFashionMnist(options)).origin, "an earlier download");
      assertEquals(requests, ["one.gz", "two.gz"]);
    })
  ));

Deno.test("getFashionMnist() goes on where an interrupted download stopped", () =>
  inFolder((home) =>
    withServer(good, async ({ base, requests }) => {
      await Deno.mkdir(join(home, "datasets", "fashion-mnist"), { recursive: true });
      await Deno.writeFile(join(home, "datasets", "fashion-mnist", "one.gz"), packed("one.gz"));
      await getFashionMnist({ home, debian: join(home, "none"), files: FILES, bases: [base] });
      assertEquals(requests, ["two.gz"]);
    })
  ));

Deno.test("getFashionMnist() tries the next home when one fails", () =>
  inFolder((home) =>
    withServer(() => new Response("gone", { status: 404 }), (broken) =>
      withServer(good, async (working) => {
        const bases = [broken.base, working.base];
        const { origin } = await getFashionMnist({ home, debian: join(home, "none"), files: FILES, bases });
        assertEquals(origin, working.base);
      }))
  ));

Deno.test("getFashionMnist() keeps nothing that is altered, cut short or something else, and says so", () =>
  inFolder(async (home) => {
    const answers: Record<string, (name: string) => Response> = {
      "has the checksum": () => new Response(new Uint8Array(gzipSync(new Uint8Array(10)))),
      "is no gzip file, cut short": (name) => new Response(packed(name).slice(0, 30)),
      "is no gzip file": () => new Response("<html>Sign in to this network</html>"),
      "longer than it must be": () => new Response(new Uint8Array(gzipSync(new Uint8Array(1 << 20)))),
      "one.gz was answered with status 503": () => new Response("", { status: 503 }),
    };
    for (const [words, answer] of Object.entries(answers)) {
      await withServer(answer, async ({ base }) => {
        const options = { home, debian: join(home, "none"), files: FILES, bases: [base] };
        const error = await assertRejects(() => getFashionMnist(options), LatentboardError);
        assertEquals(error.kind, "unavailable");
        assert(error.message.includes(words), error.message);
        assert(error.message.includes("install Debian's dataset-fashion-mnist, or name a folder that holds one.gz"));
        assertEquals([...Deno.readDirSync(join(home, "datasets", "fashion-mnist"))], []);
      });
    }
  }));

Deno.test("getFashionMnist() takes a folder of one's own, verified", () =>
  inFolder(async (home) => {
    const from = join(home, "mine");
    await Deno.mkdir(from);
    const options = { home, from, debian: join(home, "none"), files: FILES, bases: [] };
    const missing = await assertRejects(() => getFashionMnist(options), LatentboardError);
    assertEquals(missing.message, `Cannot read ${join(from, "one.gz")}: the folder must hold all four files`);
    for (const { name } of FILES) await Deno.writeFile(join(from, name), packed(name));
    assertEquals((await getFashionMnist(options)).folder, join(home, "datasets", "fashion-mnist"));
    assertEquals((await findFashionMnist(options))?.origin, "an earlier download");
    await Deno.writeFile(join(from, "one.gz"), gzipSync(new Uint8Array(5000)));
    const altered = await assertRejects(() => getFashionMnist(options), LatentboardError);
    assertEquals(altered.kind, "damaged");
    assert(altered.message.startsWith(`${join(from, "one.gz")} has the checksum`), altered.message);
  }));

Deno.test("loadDataset() says how to get Fashion-MNIST where it is missing", () =>
  inFolder(async (home) => {
    const options = { data: "data", home, debian: join(home, "none") };
    const error = await assertRejects(() => loadDataset("fashion-mnist", options), LatentboardError);
    assertEquals([error.kind, error.message], [
      "not-found",
      'Fashion-MNIST is not on this machine: get it with "deno task data"',
    ]);
  }));

const debian = await Deno.stat(DEBIAN_FASHION_MNIST).then(() => true, () => false);
Deno.test({
  name: "getFashionMnist() and loadDataset() read Debian's package (skipped without dataset-fashion-mnist)",
  ignore: !debian,
  fn: () =>
    inFolder(async (home) => {
      assertEquals((await getFashionMnist({ home })).folder, DEBIAN_FASHION_MNIST);
      const { train, validation, test, labelNames } = await loadDataset("fashion-mnist", { data: "data", home });
      assertEquals([train.count, validation.count, test?.count, labelNames[9]], [59_000, 1000, 10_000, "Ankle boot"]);
      assertEquals(validation.labels!.filter((label) => label === 4).length, 100);
      const whole = await loadDataset("fashion-mnist", { data: "data", home, validationFraction: 0 });
      assertEquals([whole.train.count, whole.validation.count], [60_000, 10_000]);
      assertEquals(whole.validation.readBatch([0]), test!.readBatch([0]));
    }),
});
