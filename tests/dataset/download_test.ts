import { assert, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { zipSync } from "fflate";
import { downloadFile, type RemoteFile } from "../../lib/dataset/download.ts";
import { encodeIdx, loadDataset } from "../../lib/dataset/mod.ts";
import { getPublicSet, PUBLIC_SETS, type PublicSet } from "../../lib/dataset/public_sets.ts";
import { LatentboardError } from "../../lib/errors.ts";
import { manyPngs, writeFiles } from "./_pictures.ts";
import { inFolder } from "../fixtures/folder.ts";

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);
const sha256 = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const FILE: RemoteFile = { name: "set.bin", bytes: CONTENT.length, checksum: sha256(CONTENT) };

/** How the server misbehaves. */
interface Behaviour {
  /** Cuts every answer off after so many bytes. */
  readonly cutAfter?: number;
  /** Sends the whole file whatever is asked for. */
  readonly ignoresRanges?: boolean;
  readonly status?: number;
  readonly type?: string;
  readonly content?: Uint8Array;
  /** Sends this much, then nothing. */
  readonly stallsAfter?: number;
}

/** A server that sends files as public homes do: sizes, types, ranges and partial content. */
async function withServer(
  behaviour: (path: string) => Behaviour,
  work: (base: string, ranges: (string | null)[]) => Promise<void>,
): Promise<void> {
  const ranges: (string | null)[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { cutAfter, ignoresRanges, status, type = "application/octet-stream", content = CONTENT, stallsAfter } =
      behaviour(
        new URL(request.url).pathname,
      );
    const range = request.headers.get("range");
    ranges.push(range);
    if (status !== undefined) return new Response("no", { status });
    const start = range === null || ignoresRanges ? 0 : Number(/bytes=(\d+)-/.exec(range)![1]);
    if (start >= content.length) {
      return new Response(null, { status: 416, headers: { "content-range": `bytes */${content.length}` } });
    }
    const part = content.subarray(start, Math.min(content.length, start + (cutAfter ?? stallsAfter ?? Infinity)));
    const headers: Record<string, string> = { "content-type": type, "accept-ranges": "bytes", etag: '"1"' };
    const isPartial = range !== null && !ignoresRanges;
    if (isPartial) headers["content-range"] = `bytes ${start}-${content.length - 1}/${content.length}`;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(part);
        if (stallsAfter === undefined) controller.close();
      },
    });
    return new Response(body, { status: isPartial ? 206 : 200, headers });
  });
  try {
    await work(`http://127.0.0.1:${server.addr.port}/`, ranges);
  } finally {
    await server.shutdown();
  }
}

Deno.test("downloadFile() goes on where a connection broke, and asks for the rest alone", () =>
  inFolder(async (folder) => {
    const path = join(folder, FILE.name);
    await withServer(() => ({ cutAfter: 120_000 }), async (base, ranges) => {
      const seen: number[] = [];
      await downloadFile(`${base}set.bin`, path, FILE, { onProgress: ({ done }) => seen.push(done) });
      assertEquals(ranges, [null, "bytes=120000-", "bytes=240000-"]);
      assertEquals(await Deno.readFile(path), CONTENT);
      assertEquals(seen.at(-1), 0.3);
    });
  }));

Deno.test("downloadFile() keeps what it has when it is stopped, and begins again where ranges are ignored", () =>
  inFolder(async (folder) => {
    const path = join(folder, FILE.name);
    const controller = new AbortController();
    await withServer(() => ({ stallsAfter: 50_000 }), async (base) => {
      const stopped = downloadFile(`${base}set.bin`, path, FILE, {
        signal: controller.signal,
        onProgress: () => controller.abort(new Error("stopped")),
      });
      await assertRejects(() => stopped, Error, "stopped");
    });
    const { size } = await Deno.stat(`${path}.part`);
    assert(size > 0 && size <= 50_000, `${size} bytes were kept`);
    await withServer(() => ({ ignoresRanges: true }), async (base, ranges) => {
      await downloadFile(`${base}set.bin`, path, FILE);
      assertEquals([ranges, await Deno.readFile(path)], [[`bytes=${size}-`], CONTENT]);
    });
  }));

Deno.test("downloadFile() finishes a part that is whole already, and gives up a server that sends nothing", () =>
  inFolder(async (folder) => {
    const path = join(folder, FILE.name);
    await Deno.writeFile(`${path}.part`, CONTENT);
    await withServer(() => ({}), async (base) => await downloadFile(`${base}set.bin`, path, FILE));
    assertEquals(await Deno.readFile(path), CONTENT);
    await withServer(() => ({ stallsAfter: 10 }), async (base) => {
      const error = await assertRejects(
        () => downloadFile(`${base}set.bin`, join(folder, "other"), FILE, { stallMs: 50 }),
        LatentboardError,
      );
      assertEquals(error.kind, "unavailable");
    });
  }));

Deno.test("downloadFile() refuses another content, a web page, a missing file and one that is too long", () =>
  inFolder(async (folder) => {
    const cases = [
      [{ content: CONTENT.slice().fill(7, 0, 9) }, "damaged", "it has the checksum sha256:"],
      [{ type: "text/html; charset=utf-8" }, "unavailable", "the server sent a web page"],
      [{ status: 404 }, "unavailable", "the server answered with status 404"],
      [{ status: 503 }, "unavailable", "the server answered with status 503"],
      [{ content: new Uint8Array(CONTENT.length + 1) }, "unavailable", "it is longer than 300000 bytes"],
    ] as const;
    for (const [behaviour, kind, words] of cases) {
      await withServer(() => behaviour, async (base) => {
        const error = await assertRejects(
          () => downloadFile(`${base}set.bin`, join(folder, "x"), FILE),
          LatentboardError,
        );
        assertEquals(error.kind, kind, words);
        assert(error.message.includes(words), error.message);
        assert(error.message.includes("--from"), error.message);
      });
      await Deno.remove(join(folder, "x.part")).catch(() => {});
    }
  }));

/** Three sets that are made here, each of a kind of PUBLIC_SETS. */
async function makeSets(base: string): Promise<{ sets: PublicSet[]; contents: Record<string, Uint8Array> }> {
  const idx = new Uint8Array(gzipSync(encodeIdx({ shape: [20, 8, 8], data: new Uint8Array(1280).fill(255, 0, 600) })));
  const zip = zipSync(manyPngs(12, "root/train/cat/"));
  const record = (label: number) => [label, ...Array(3072).fill(label * 90)];
  const binary = Uint8Array.from(Array.from({ length: 12 }, (_, i) => record(i % 2)).flat());
  const tar = new Uint8Array(gzipSync(
    await packTar(["data_batch_1.bin", "test_batch.bin", "../escaped.bin"].map((name) => ({
      header: { name: `cifar/${name}`, size: binary.length, type: "file" as const },
      body: binary,
    }))),
  ));
  const contents: Record<string, Uint8Array> = { "train-images-idx3-ubyte.gz": idx, "set.zip": zip, "set.tar.gz": tar };
  const below = (member: string) => member.slice(member.indexOf("/") + 1);
  const one = (name: string, file: string, unpack?: (member: string) => string): PublicSet => ({
    name,
    about: "made here",
    licence: "CC0",
    homes: ["http://127.0.0.1:1/", base],
    files: [{
      name: file,
      bytes: contents[file]!.length,
      checksum: sha256(contents[file]!),
      ...(unpack && { unpack }),
    }],
  });
  return {
    sets: [one("idx", "train-images-idx3-ubyte.gz"), one("zip", "set.zip", below), one("tar", "set.tar.gz", below)],
    contents,
  };
}

Deno.test("getPublicSet() fetches, verifies and unpacks sets that train by their names", () =>
  inFolder(async (home) => {
    const contents: Record<string, Uint8Array> = {};
    await withServer((path) => ({ content: contents[path.slice(1)]! }), async (base) => {
      const made = await makeSets(base);
      Object.assign(contents, made.contents);
      for (const [name, count] of [["idx", 20], ["zip", 12], ["tar", 12]] as const) {
        const { folder } = await getPublicSet(name, { home, sets: made.sets });
        assertEquals(folder, join(home, "datasets", name));
        const { train, validation, licence } = await loadDataset(name, { data: "data", home });
        assertEquals([train.count + validation.count, licence], [count, "CC0"], name);
      }
      assertEquals([...Deno.readDirSync(join(home, "cache", "downloads"))], []);
      assertEquals([...Deno.readDirSync(join(home, "datasets"))].map(({ name }) => name).sort(), ["idx", "tar", "zip"]);
      const error = await assertRejects(() => getPublicSet("none", { home, sets: made.sets }), LatentboardError);
      assertEquals(error.message, 'There is no dataset "none" to get: choose from fashion-mnist, idx, zip, tar');
    });
  }));

Deno.test("getPublicSet() takes a mirror or a folder by --from, and verifies them alike", () =>
  inFolder(async (home) => {
    const { sets, contents } = await makeSets("http://127.0.0.1:1/");
    await withServer((path) => ({ content: contents[path.replace("/mirror/", "")]! }), async (base) => {
      await getPublicSet("zip", { home, sets, from: `${base}mirror` });
    });
    await writeFiles(join(home, "mine"), contents);
    await getPublicSet("idx", { home, sets, from: join(home, "mine") });
    await writeFiles(join(home, "mine"), { "set.tar.gz": "something else" });
    const error = await assertRejects(
      () => getPublicSet("tar", { home, sets, from: join(home, "mine") }),
      LatentboardError,
    );
    assertEquals(error.kind, "damaged");
    const missing = await assertRejects(
      () => getPublicSet("tar", { home, sets, from: join(home, "none") }),
      LatentboardError,
    );
    assertEquals(missing.kind, "not-found");
  }));

Deno.test("PUBLIC_SETS have a licence, a size, a checksum and an address for every file", () => {
  assertEquals(PUBLIC_SETS.map(({ name }) => name), [
    ...["mnist", "kmnist", "emnist", "omniglot", "dsprites", "3dshapes", "cifar10", "celeba", "afhq"],
  ]);
  for (const { name, licence, homes, files } of PUBLIC_SETS) {
    assert(licence.length > 2, name);
    for (const { bytes, checksum, url } of files) {
      assert(bytes > 1000 && /^(sha256:[0-9a-f]{64}|md5:[0-9a-f]{32})$/.test(checksum), name);
      assert(homes.length > 0 || url !== undefined, name);
    }
  }
});
