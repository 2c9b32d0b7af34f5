import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import { join } from "deno-std/path/mod.js";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { type FaultKind, LatentboardError } from "../../lib/errors.ts";
import { MAX_SEARCH_LENGTH } from "../../lib/protocol.ts";
import { Gallery, type GalleryQuery, readRecipe, type SavedPicture } from "../../lib/gallery/mod.ts";
import { readPngText } from "../../lib/imaging/png.ts";
import { decodeUpload } from "../../lib/imaging/upload.ts";
import { inFolder } from "../fixtures/folder.ts";

const SHA256 = "ab".repeat(32);

interface Workbench {
  readonly gallery: Gallery;
  readonly home: string;
  /** Moves the clock on, in milliseconds. */
  readonly wait: (ms: number) => void;
  readonly save: (model?: string, tags?: string[], z?: number[]) => Promise<SavedPicture>;
}

async function withGallery(work: (workbench: Workbench) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  let time = Date.UTC(2030, 0, 1);
  const gallery = await Gallery.open({ home, now: () => time });
  const picture = { width: 3, height: 2, channels: 1 as const, pixels: Uint8Array.of(0, 50, 100, 150, 200, 250) };
  try {
    await work({
      gallery,
      home,
      wait: (ms) => time += ms,
      save: (model = "tiny", tags = [], z = [0.1, -1]) =>
        gallery.save(picture, { model, decoderSha256: SHA256, z, seed: 5 }, tags),
    });
  } finally {
    gallery.close();
    await Deno.remove(home, { recursive: true });
  }
}

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

function assertFault(work: () => unknown, kind: FaultKind, field?: string): void {
  const error = assertThrows(work, LatentboardError);
  assertEquals(error.kind, kind);
  if (field !== undefined) assertEquals(error.field, field);
}

Deno.test("Gallery.save() keeps the picture, its recipe and its tags", () =>
  withGallery(async ({ gallery, save }) => {
    const saved = await save("tiny", ["shoe", " bag ", "shoe"]);
    assertEquals(saved, {
      id: saved.id,
      model: "tiny",
      decoderSha256: SHA256,
      z: [Math.fround(0.1), -1],
      seed: 5,
      tags: ["bag", "shoe"],
      starred: false,
      width: 3,
      height: 2,
      createdAt: "2030-01-01T00:00:00.000Z",
      url: `/api/gallery/${saved.id}/picture.png`,
    });
    assertEquals(gallery.get(saved.id), saved);

    const png = await gallery.png(saved.id);
    const texts = readPngText(png);
    assertEquals(texts["Creation Time"], "2030-01-01T00:00:00.000Z");
    assertEquals(readRecipe(texts), {
      model: "tiny",
      decoderSha256: SHA256,
      z: Float32Array.of(0.1, -1),
      seed: 5,
    });
    const { width, height, channels, data } = await decodeUpload(png, {});
    assertEquals([width, height], [3, 2]);
    assertEquals([...data.filter((_, i) => i % channels === 0)], [0, 50, 100, 150, 200, 250]);
  }));

Deno.test("Gallery.save() gives every picture an id of its own that nobody can guess", () =>
  withGallery(async ({ save }) => {
    const [a, b] = [await save(), await save()];
    assertNotEquals(a.id, b.id);
    assertEquals(/^[0-9a-f]{32}$/.test(a.id), true);
  }));

Deno.test("Gallery.save() refuses what doesn't fit, and leaves nothing behind", () =>
  withGallery(async ({ gallery, home, save }) => {
    const picture = { width: 2, height: 2, channels: 3 as const, pixels: new Uint8Array(11) };
    const recipe = { model: "tiny", decoderSha256: SHA256, z: [0] };
    const faults: [() => Promise<SavedPicture>, string][] = [
      [() => gallery.save(picture, recipe), "pixels"],
      [() => save("../up"), "model"],
      [() => save("tiny", [], [NaN]), "z"],
      [() => save("tiny", [], []), "z"],
      [() => save("tiny", ["x".repeat(41)]), "tags"],
      [() => save("tiny", [" "]), "tags"],
      [() => save("tiny", ["right\u202eleft"]), "tags"],
      [() => save("tiny", ["two\nlines"]), "tags"],
      [() => save("tiny", Array.from({ length: 17 }, (_, i) => `${i}`)), "tags"],
    ];
    for (const [work, field] of faults) {
      const error = await assertRejects(work, LatentboardError);
      assertEquals([error.kind, error.field], ["invalid", field]);
    }
    assertEquals(gallery.list().total, 0);
    assertEquals([...Deno.readDirSync(join(home, "gallery", "pictures"))], []);
  }));

Deno.test("Gallery keeps its pictures when it is closed and opened again", async () => {
  const home = await Deno.makeTempDir();
  try {
    const first = await Gallery.open({ home });
    const picture = { width: 1, height: 1, channels: 3 as const, pixels: Uint8Array.of(1, 2, 3) };
    const saved = await first.save(picture, { model: "m", decoderSha256: SHA256, z: [1] });
    assertEquals("seed" in saved, false);
    first.close();
    first.close();
    const second = await Gallery.open({ home });
    assertEquals(second.get(saved.id), saved);
    second.close();
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("Gallery.open() refuses a home that is open already", () =>
  withGallery(async ({ home }) => {
    const error = await assertRejects(() => Gallery.open({ home }), LatentboardError, "another --home");
    assertEquals([error.kind, error.field], ["conflict", "home"]);
  }));

Deno.test("Gallery.open() refuses an index of a newer version, and gives the home back", () =>
  inFolder(async (home) => {
    (await Gallery.open({ home })).close();
    const database = new DatabaseSync(join(home, "gallery", "gallery.sqlite"));
    assertEquals(database.prepare("PRAGMA journal_mode").get(), { journal_mode: "wal" });
    const { user_version } = database.prepare("PRAGMA user_version").get()!;
    database.exec(`PRAGMA user_version = ${Number(user_version) + 1}`);
    const newer = await assertRejects(() => Gallery.open({ home }), LatentboardError, "newer Latentboard");
    assertEquals(newer.kind, "conflict");
    database.exec(`PRAGMA user_version = ${user_version}`);
    database.close();
    (await Gallery.open({ home })).close();
  }));

Deno.test("Gallery.list() pages through everything once, in order, while pictures come and go", () =>
  withGallery(async ({ gallery, save }) => {
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) ids.push((await save()).id);
    const first = gallery.list({ limit: 3 });
    assertEquals(first.pictures.map(({ id }) => id), ids.slice(4).reverse());
    assertEquals(first.total, 7);

    await save(); // newer than the first page
    gallery.remove(ids[3]!); // the second page's first
    const second = gallery.list({ limit: 3, cursor: first.next! });
    assertEquals(second.pictures.map(({ id }) => id), [ids[2], ids[1], ids[0]]);
    assertEquals(second.next, undefined);
    assertEquals(gallery.list({ order: "oldest", limit: 2 }).pictures.map(({ id }) => id), ids.slice(0, 2));
  }));

Deno.test("Gallery.list() finds by model, tag and star, as a plain filter would", () =>
  withGallery(async ({ gallery, save }) => {
    const models = ["a", "b"];
    const tags = ["x", "y", "a"];
    const all: SavedPicture[] = [];
    for (let i = 0; i < 24; i++) {
      const { id } = await save(models[i % 2], tags.filter((_, bit) => i >> bit & 1));
      all.unshift(gallery.star(id, i % 3 === 0));
    }
    const queries = fc.record({
      model: fc.constantFrom(...models, "c"),
      tag: fc.constantFrom(...tags, "' OR 1=1 --"),
      starred: fc.boolean(),
      order: fc.constantFrom("newest" as const, "oldest" as const),
      limit: fc.integer({ min: 1, max: 30 }),
    }, { requiredKeys: [] });
    fc.assert(fc.property(queries, (query) => {
      const expected = all.filter((picture) =>
        (query.model ?? picture.model) === picture.model &&
        (query.starred ?? picture.starred) === picture.starred &&
        (query.tag === undefined || picture.tags.includes(query.tag))
      );
      if (query.order === "oldest") expected.reverse();
      const found: SavedPicture[] = [];
      let page = gallery.list(query);
      assertEquals(page.total, expected.length);
      for (;;) {
        found.push(...page.pictures);
        if (page.next === undefined) break;
        page = gallery.list({ ...query, cursor: page.next });
      }
      assertEquals(found, expected);
    }));
  }));

Deno.test("Gallery.list() refuses a query that is none, and names the field", () =>
  withGallery(async ({ gallery }) => {
    const faults: [GalleryQuery, string][] = [
      [{ limit: 0 }, "limit"],
      [{ limit: 201 }, "limit"],
      [{ limit: 1.5 }, "limit"],
      [{ cursor: "1; DROP TABLE pictures" }, "cursor"],
      [{ order: "sideways" as "newest" }, "order"],
    ];
    for (const [query, field] of faults) assertFault(() => gallery.list(query), "invalid", field);
    await Promise.resolve();
  }));

Deno.test("Gallery.star() and tag() change a picture, models() and tags() count", () =>
  withGallery(async ({ gallery, save }) => {
    const a = await save("m", ["red"]);
    const b = await save("n", ["red", "blue"]);
    const c = await save("n");
    assertEquals(gallery.star(a.id, true).starred, true);
    assertEquals(gallery.star(a.id, false).starred, false);
    assertEquals(gallery.tag(a.id, ["e\u0301te\u0301"]).tags, ["été"]); // kept composed
    assertEquals(gallery.models(), [{ model: "n", count: 2 }, { model: "m", count: 1 }]);
    gallery.remove(c.id);
    assertEquals(gallery.models(), [{ model: "m", count: 1 }, { model: "n", count: 1 }]);
    assertEquals(gallery.tags().map(({ tag }) => tag), ["blue", "red", "été"]);
    gallery.remove(b.id);
    assertEquals(gallery.tags(), [{ tag: "été", count: 1 }]);
  }));

Deno.test("Gallery.remove() can be undone until the picture is purged", () =>
  withGallery(async ({ gallery, save, wait }) => {
    const saved = await save("tiny", ["kept"]);
    gallery.remove(saved.id);
    assertEquals(gallery.list().total, 0);
    assertFault(() => gallery.get(saved.id), "gone");
    assertFault(() => gallery.remove(saved.id), "gone");
    await assertRejects(() => gallery.png(saved.id), LatentboardError, "restore");
    assertEquals(gallery.restore(saved.id), saved);
    assertEquals(gallery.restore(saved.id), saved);

    gallery.remove(saved.id);
    wait(1000);
    assertEquals(await gallery.purge({ olderThanMs: 2000 }), 0);
    assertEquals(await gallery.purge({ olderThanMs: 500 }), 1);
    assertFault(() => gallery.restore(saved.id), "not-found");
    assertFault(() => gallery.get(saved.id), "not-found");
  }));

Deno.test("Gallery.purge() removes the file", () =>
  withGallery(async ({ gallery, home, save }) => {
    const [kept, removed] = [await save(), await save()];
    gallery.remove(removed.id);
    await gallery.purge();
    assertEquals(namesIn(join(home, "gallery", "pictures")), [`${kept.id}.png`]);
  }));

Deno.test("Gallery.png() reads by id alone, never by a path", () =>
  withGallery(async ({ gallery, home, save }) => {
    const { id } = await save();
    await Deno.writeTextFile(join(home, "secret.png"), "secret");
    for (
      const hostile of ["../../secret", "", ".", `../pictures/${id}`, `${id}.png`, id.toUpperCase() + "x", "%2e%2e/x"]
    ) {
      const error = await assertRejects(() => gallery.png(hostile), LatentboardError);
      assertEquals(error.kind, "not-found");
    }
    await Deno.remove(join(home, "gallery", "pictures", `${id}.png`));
    const error = await assertRejects(() => gallery.png(id), LatentboardError, "is missing");
    assertEquals(error.kind, "damaged");
  }));

const ids = (pictures: readonly SavedPicture[]) => pictures.map(({ id }) => id);

for (
  const [order, expected] of [
    ["newest", ["d", "c", "b", "a"]],
    ["oldest", ["a", "b", "c", "d"]],
    ["model", ["d", "b", "c", "a"]],
    ["rating", ["c", "a", "d", "b"]],
  ] as const
) {
  Deno.test(`Gallery.list() sorts by ${order}, over pages of any size`, () =>
    withGallery(async ({ gallery, save }) => {
      const saved: Record<string, string> = {};
      for (const [name, model] of [["a", "zeta"], ["b", "alpha"], ["c", "zeta"], ["d", "alpha"]] as const) {
        saved[name] = (await save(model)).id;
      }
      for (const name of ["a", "c"]) gallery.star(saved[name]!, true);
      for (const limit of [1, 2, 3, 4]) {
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = gallery.list({ order, limit, ...(cursor === undefined ? {} : { cursor }) });
          found.push(...ids(page.pictures));
          cursor = page.next;
        } while (cursor !== undefined);
        assertEquals(found, expected.map((name) => saved[name]!), `pages of ${limit}`);
      }
    }));
}

Deno.test("Gallery.list() searches model, tags, seed and checksum; every word must be found", () =>
  withGallery(async ({ gallery, save }) => {
    const [boot, bag] = [await save("fashion-20", ["ankle boot"]), await save("emoji_64", ["50%_bag"])];
    const find = (q: string) => ids(gallery.list({ q }).pictures);
    assertEquals(find("fashion"), [boot.id]);
    assertEquals(find("BOOT"), [boot.id]);
    assertEquals(find("boot emoji"), []);
    assertEquals(find("model:emoji tag:bag"), [bag.id]);
    assertEquals(find("tag:emoji"), []);
    assertEquals(find("seed:5"), [bag.id, boot.id]);
    assertEquals(find("seed:6"), []);
    assertEquals(find("seed:x"), []);
    assertEquals(find(SHA256.slice(0, 6)), [bag.id, boot.id]);
    assertEquals(find("sha256:ffff"), []);
    assertEquals(find("50%_"), [bag.id]);
    assertEquals(find("%"), [bag.id]);
    assertEquals(find("' OR 1=1 --"), []);
    assertFault(() => gallery.list({ q: "x".repeat(MAX_SEARCH_LENGTH + 1) }), "invalid", "q");
  }));

Deno.test("Gallery.changeAll() changes all of the pictures or none", () =>
  withGallery(async ({ gallery, save }) => {
    const [first, second] = [await save("tiny", ["old"]), await save("tiny", [])];
    const both = [first.id, second.id, first.id];
    gallery.changeAll({ ids: both, starred: true, addTags: ["new", " a "], removeTags: ["old"] });
    for (const id of both) assertEquals([gallery.get(id).starred, gallery.get(id).tags], [true, ["a", "new"]]);

    gallery.tag(second.id, Array.from({ length: 16 }, (_, i) => `t${i}`));
    assertFault(() => gallery.changeAll({ ids: both, addTags: ["one more"] }), "invalid", "tags");
    assertEquals(gallery.get(first.id).tags, ["a", "new"]);
    assertFault(() => gallery.changeAll({ ids: [first.id, "0".repeat(32)], deleted: true }), "not-found");
    assertEquals(gallery.list().total, 2);

    gallery.changeAll({ ids: both, deleted: true });
    assertEquals(gallery.list().total, 0);
    assertFault(() => gallery.changeAll({ ids: both, starred: false }), "gone");
    gallery.changeAll({ ids: both, deleted: false });
    assertEquals(ids(gallery.list().pictures), [second.id, first.id]);
  }));
