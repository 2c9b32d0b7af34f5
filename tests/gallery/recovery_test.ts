import { assert, assertEquals, assertGreater } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { Gallery, type SavedPicture } from "../../lib/gallery/mod.ts";
import { configureLog } from "../../lib/log.ts";
import { inFolder } from "../fixtures/folder.ts";

configureLog({ level: "error" }); // each recovery is logged as a warning

const SHA256 = "ab".repeat(32);
const COUNT = 60;
const PAGE = 4096;

interface Made {
  readonly home: string;
  readonly index: string;
  readonly pictures: string;
  /** Oldest first. */
  readonly saved: readonly SavedPicture[];
}

/** A closed gallery of 60 pictures; each third is starred and tagged. */
async function withSaved(work: (made: Made) => Promise<void>): Promise<void> {
  await inFolder(async (home) => {
    const gallery = await Gallery.open({ home });
    const picture = { width: 2, height: 3, channels: 1 as const, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    for (let i = 0; i < COUNT; i++) {
      const recipe = { model: "tiny", decoderSha256: SHA256, z: Array.from({ length: 40 }, () => i), seed: i };
      const { id } = await gallery.save(picture, recipe, i % 3 === 0 ? [`t${i}`] : []);
      if (i % 3 === 0) gallery.star(id, true);
    }
    const saved = gallery.list({ order: "oldest", limit: 200 }).pictures;
    gallery.close();
    const folder = join(home, "gallery");
    await work({ home, index: join(folder, "gallery.sqlite"), pictures: join(folder, "pictures"), saved });
  });
}

async function reopen(home: string): Promise<SavedPicture[]> {
  const gallery = await Gallery.open({ home });
  try {
    const { pictures } = gallery.list({ order: "oldest", limit: 200 });
    for (const { id } of pictures) assertGreater((await gallery.png(id)).length, 0);
    return [...pictures];
  } finally {
    gallery.close();
  }
}

const namesIn = (folder: string) => Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
const withoutMarks = (pictures: readonly SavedPicture[]) =>
  pictures.map((picture) => ({ ...picture, starred: false, tags: [] })).toSorted((a, b) => a.seed! - b.seed!);

for (
  const [what, damage] of [
    ["was moved away", (index) => Deno.rename(index, `${index}.away`)],
    ["is empty", (index) => Deno.truncate(index, 0)],
    ["is no database", (index) => Deno.writeFile(index, new Uint8Array(8192).fill(7))],
    ["is cut short", (index) => Deno.truncate(index, 3 * PAGE)],
    ["lost its tables", async (index) => {
      const { DatabaseSync } = await import("node:sqlite");
      const database = new DatabaseSync(index);
      database.exec("DROP TABLE tags; DROP TABLE pictures");
      database.close();
    }],
  ] as [string, (index: string) => Promise<void>][]
) {
  Deno.test(`Gallery.open() finds every picture again when its index ${what}`, () =>
    withSaved(async ({ home, index, saved }) => {
      await damage(index);
      const found = await reopen(home);
      assertEquals(withoutMarks(found), withoutMarks(saved));
      assertEquals((await reopen(home)).length, COUNT, "and again at the next start");
    }));
}

Deno.test("Gallery.open() loses no picture to damage anywhere in its index, and keeps the damaged one", () =>
  withSaved(async ({ home, index, saved }) => {
    const sound = await Deno.readFile(index);
    let rebuilt = 0;
    for (let page = 0; page < sound.length / PAGE; page++) {
      const damaged = sound.slice();
      damaged.fill(0xa5, page * PAGE + 8, (page + 1) * PAGE - 8);
      await Deno.writeFile(index, damaged);
      const before = namesIn(join(home, "gallery")).length;
      assertEquals(withoutMarks(await reopen(home)), withoutMarks(saved), `page ${page}`);
      const kept = namesIn(join(home, "gallery")).filter((name) => /^gallery\.damaged-.*\.sqlite$/.test(name));
      if (namesIn(join(home, "gallery")).length > before) {
        rebuilt++;
        assertEquals(await Deno.readFile(join(home, "gallery", kept.at(-1)!)), damaged);
      }
    }
    assertGreater(rebuilt, 5);
  }));

Deno.test("Gallery.open() keeps the stars, tags and deletions that a damaged index still holds", () =>
  withSaved(async ({ home, index, saved }) => {
    const gallery = await Gallery.open({ home });
    gallery.remove(saved[1]!.id);
    gallery.close();
    const bytes = await Deno.readFile(index);
    // The index over ids alone is damaged: a lookup fails, the rows are whole.
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(index);
    const root = Number(
      database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_pictures_1'").get()!.rootpage,
    );
    database.close();
    bytes.fill(0, (root - 1) * PAGE, root * PAGE);
    await Deno.writeFile(index, bytes);
    assertEquals(await reopen(home), [saved[0]!, ...saved.slice(2)]);
  }));

Deno.test("Gallery.open() removes its own temporary files alone; files that it doesn't list go to lost/", () =>
  withSaved(async ({ home, pictures }) => {
    const orphan = "0".repeat(32);
    await Deno.writeTextFile(join(pictures, `${orphan}.png`), "orphan");
    await Deno.writeTextFile(join(pictures, "notes.txt"), "notes");
    await Deno.writeTextFile(join(pictures, `.${orphan}.png.${crypto.randomUUID()}`), "cut short");
    assertEquals((await reopen(home)).length, COUNT);
    assertEquals(namesIn(pictures).length, COUNT);
    const lost = join(home, "gallery", "lost");
    assertEquals(namesIn(lost), [`${orphan}.png`, "notes.txt"]);
    await Deno.writeTextFile(join(pictures, "notes.txt"), "other notes");
    await reopen(home);
    assertEquals(await Deno.readTextFile(join(lost, "notes.txt")), "notes", "nothing in lost/ is replaced");
    assertEquals(await Deno.readTextFile(join(lost, "2-notes.txt")), "other notes");
  }));

Deno.test("Gallery.open() takes no picture without a readable recipe into a rebuilt index, and deletes none", () =>
  withSaved(async ({ home, index, pictures, saved }) => {
    const path = join(pictures, `${saved[0]!.id}.png`);
    const whole = await Deno.readFile(path);
    await Deno.writeFile(path, whole.subarray(0, 50));
    await Deno.remove(index);
    assertEquals((await reopen(home)).length, COUNT - 1);
    assert((await Deno.stat(join(home, "gallery", "lost", `${saved[0]!.id}.png`))).isFile);
  }));
