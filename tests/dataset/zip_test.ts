import { assert, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { zipSync } from "fflate";
import { LatentboardError } from "../../lib/errors.ts";
import { openZip } from "../../lib/dataset/zip.ts";
import { inFolder } from "../fixtures/folder.ts";

const text = (content: string) => new TextEncoder().encode(content);

/** Writes an archive, opens it and hands it on. */
async function withZip(
  folder: string,
  bytes: Uint8Array,
  work: (zip: Awaited<ReturnType<typeof openZip>>) => Promise<void>,
): Promise<void> {
  const path = join(folder, "archive.zip");
  await Deno.writeFile(path, bytes);
  const zip = await openZip(path);
  try {
    await work(zip);
  } finally {
    zip.close();
  }
}

Deno.test("openZip() reads stored and deflated entries, folders left out", () =>
  inFolder(async (folder) => {
    const bytes = zipSync({
      "a.txt": [text("stored"), { level: 0 }],
      "b/c.txt": text("deflated".repeat(50)),
      "d/": text(""),
    });
    await withZip(folder, bytes, async ({ entries }) => {
      assertEquals(entries.map(({ name, size }) => [name, size]), [["a.txt", 6], ["b/c.txt", 400]]);
      const texts = await Promise.all(
        entries.map(async ({ read }) => new TextDecoder().decode(await read(1000)).slice(0, 8)),
      );
      assertEquals(texts, ["stored", "deflated"]);
    });
  }));

Deno.test("openZip() refuses an entry that declares too much, before unpacking it", () =>
  inFolder(async (folder) => {
    await withZip(folder, zipSync({ "a.txt": new Uint8Array(5000) }), async ({ entries }) => {
      await assertRejects(() => entries[0]!.read(4999), LatentboardError, "a.txt: it holds 5000 bytes, more than 4999");
    });
  }));

Deno.test("openZip() refuses an entry that grows beyond what it declares", () =>
  inFolder(async (folder) => {
    const bytes = zipSync({ "a.txt": new Uint8Array(1 << 20) });
    const view = new DataView(bytes.buffer);
    const central = view.getUint32(bytes.length - 6, true);
    view.setUint32(central + 24, 100, true);
    await withZip(folder, bytes, async ({ entries }) => {
      assertEquals(entries[0]!.size, 100);
      await assertRejects(
        () => entries[0]!.read(5000),
        LatentboardError,
        "its bytes are not what the archive declares",
      );
    });
  }));

Deno.test("openZip() refuses altered, encrypted and strangely packed entries", () =>
  inFolder(async (folder) => {
    const whole = zipSync({ "a.txt": [text("some bytes"), { level: 0 }] });
    const change = (at: (central: number) => number, value: number) => {
      const bytes = whole.slice();
      const central = new DataView(bytes.buffer).getUint32(bytes.length - 6, true);
      bytes[at(central)] = value;
      return bytes;
    };
    const cases = [
      [change(() => 30 + 5, 0x21), "its bytes are not what the archive declares"],
      [change((central) => central + 8, 1), "it is encrypted"],
      [change((central) => central + 10, 12), "it is packed by method 12, not deflate"],
    ] as const;
    for (const [bytes, message] of cases) {
      await withZip(folder, bytes, async ({ entries }) => {
        await assertRejects(() => entries[0]!.read(1000), LatentboardError, message);
      });
    }
  }));

Deno.test("openZip() reads zip64 sizes and places", () =>
  inFolder(async (folder) => {
    const packed = deflateRawSync(text("sixty-four bits"));
    await withZip(
      folder,
      zip64("big.txt", new Uint8Array(packed), 15, crc32("sixty-four bits")),
      async ({ entries }) => {
        assertEquals([entries.length, entries[0]!.name, entries[0]!.size], [1, "big.txt", 15]);
        assertEquals(new TextDecoder().decode(await entries[0]!.read(1000)), "sixty-four bits");
      },
    );
  }));

Deno.test("openZip() only ever fails with an error made for people, whatever is altered", () =>
  inFolder(async (folder) => {
    const whole = zipSync({ "a.txt": text("some bytes"), "b/c.png": text("more bytes".repeat(20)) });
    const path = join(folder, "archive.zip");
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: whole.length - 30, max: whole.length }),
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }),
        async (cut, changes) => {
          const bytes = whole.slice(0, cut);
          for (const [at, value] of changes) if (at < cut) bytes[at] = value;
          await Deno.writeFile(path, bytes);
          try {
            const zip = await openZip(path);
            try {
              for (const entry of zip.entries) assert((await entry.read(10_000)).length <= 10_000);
            } finally {
              zip.close();
            }
          } catch (error) {
            assert(error instanceof LatentboardError, String(error));
          }
        },
      ),
      { numRuns: 300 },
    );
  }));

Deno.test("openZip() says that a file is no archive", () =>
  inFolder(async (folder) => {
    const path = join(folder, "archive.zip");
    await Deno.writeTextFile(path, "I am only called a zip");
    await assertRejects(() => openZip(path), LatentboardError, "as a zip archive: it is none, or cut short");
  }));

Deno.test("openZip() reads names as UTF-8 where they are, else as code page 437, and keeps them apart", () =>
  inFolder(async (folder) => {
    const names = ["\xc3\xa9.txt", "\x82.txt", "\x8a.txt"]; // é in UTF-8, é and è in code page 437
    const bytes = zipSync(Object.fromEntries(["aa.txt", "b.txt", "c.txt"].map((name) => [name, text(name)])));
    const latin1 = (name: string) => Uint8Array.from(name, (character) => character.charCodeAt(0));
    for (const [i, name] of ["aa.txt", "b.txt", "c.txt"].entries()) {
      for (let at = 0; at + name.length <= bytes.length; at++) {
        const found = new TextDecoder("latin1").decode(bytes.subarray(at, at + name.length));
        const isName = [0x04034b50 + 30, 0x02014b50 + 46].some((expected, kind) => {
          const start = at - (kind === 0 ? 30 : 46);
          return start >= 0 && new DataView(bytes.buffer).getUint32(start, true) === expected - (kind === 0 ? 30 : 46);
        });
        if (found === name && isName) bytes.set(latin1(names[i]!), at);
      }
    }
    await withZip(folder, bytes, ({ entries }) => {
      assertEquals(entries.map(({ name }) => name), ["é.txt", "é.txt", "è.txt"]);
      return Promise.resolve();
    });
  }));

Deno.test("openZip() finds an archive that stands behind other bytes", () =>
  inFolder(async (folder) => {
    const archive = zipSync({ "a.txt": text("some bytes"), "b.txt": text("more".repeat(50)) });
    await withZip(folder, Uint8Array.from([...text("#!/bin/sh\nunpack\n"), ...archive]), async ({ entries }) => {
      const contents = await Promise.all(entries.map(async ({ read }) => new TextDecoder().decode(await read(1000))));
      assertEquals(contents, ["some bytes", "more".repeat(50)]);
    });
  }));

/** A zip64 archive of one deflated entry, all of whose sizes and places stand in 64-bit fields. */
function zip64(name: string, packed: Uint8Array, size: number, crc: number): Uint8Array {
  const encoded = text(name);
  const local = new Uint8Array(30 + encoded.length);
  const localView = new DataView(local.buffer);
  localView.setUint32(0, 0x04034b50, true);
  localView.setUint16(8, 8, true);
  localView.setUint16(26, encoded.length, true);
  local.set(encoded, 30);

  const central = new Uint8Array(46 + encoded.length + 28);
  const view = new DataView(central.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(10, 8, true);
  view.setUint32(16, crc, true);
  for (const at of [20, 24, 42]) view.setUint32(at, 0xffffffff, true);
  view.setUint16(28, encoded.length, true);
  view.setUint16(30, 28, true);
  central.set(encoded, 46);
  const extra = 46 + encoded.length;
  view.setUint16(extra, 1, true);
  view.setUint16(extra + 2, 24, true);
  view.setBigUint64(extra + 4, BigInt(size), true);
  view.setBigUint64(extra + 12, BigInt(packed.length), true);
  view.setBigUint64(extra + 20, 0n, true);

  const directory = local.length + packed.length;
  const end = new Uint8Array(56 + 20 + 22);
  const endView = new DataView(end.buffer);
  endView.setUint32(0, 0x06064b50, true);
  endView.setBigUint64(24, 1n, true);
  endView.setBigUint64(32, 1n, true);
  endView.setBigUint64(40, BigInt(central.length), true);
  endView.setBigUint64(48, BigInt(directory), true);
  endView.setUint32(56, 0x07064b50, true);
  endView.setBigUint64(64, BigInt(directory + central.length), true);
  endView.setUint32(76, 0x06054b50, true);
  endView.setUint16(86, 0xffff, true);
  endView.setUint32(88, 0xffffffff, true);
  endView.setUint32(92, 0xffffffff, true);
  return Uint8Array.from([...local, ...packed, ...central, ...end]);
}
