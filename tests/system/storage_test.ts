import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { prepare, transact } from "../../lib/gallery/schema.ts";
import { faultyPath, nameFaultyPath, storageFault } from "../../lib/system/storage.ts";
import { inFolder } from "../fixtures/folder.ts";

Deno.test("storageFault() says what the system says in one sentence, and leaves other errors alone", () =>
  inFolder(async (folder) => {
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "");
    const below = await Deno.readTextFile(join(file, "x")).catch((error) => error);
    assertEquals(storageFault(below)?.kind, "storage");
    const missing = await Deno.readTextFile(join(folder, "none")).catch((error) => error);
    assertEquals(storageFault(missing), undefined);
    assertEquals(storageFault(new TypeError("x is not a function")), undefined);
  }));

Deno.test({
  name: "storageFault() reads a full disk from the system's own error",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const full = await Deno.writeFile("/dev/full", new Uint8Array(1)).catch((error) => error);
    assertEquals(storageFault(full)?.message, "The disk is full: free some space, then try again");
    assertEquals(
      storageFault(full, faultyPath(full))?.message,
      "The disk that holds /dev/full is full: free some space, then try again",
    );
    using file = await Deno.open("/dev/full", { write: true });
    const later = await file.write(new Uint8Array(1)).catch((error) => error);
    assertEquals(faultyPath(nameFaultyPath(later, "/home/picture.png")), "/home/picture.png");
  },
});

Deno.test("transact() passes SQLite's own error on when the disk is full, and works again after", () => {
  const database = new DatabaseSync(":memory:");
  prepare(database);
  const { page_count } = database.prepare("PRAGMA page_count").get()!;
  const insert = () =>
    transact(database, () =>
      database.prepare(
        `INSERT INTO pictures (id, model, decoder_sha256, z, width, height, created_at) VALUES (?, '', '', ?, 1, 1, 0)`,
      ).run(crypto.randomUUID(), new Uint8Array(100_000)));
  database.exec(`PRAGMA max_page_count = ${Number(page_count)}`);
  const error = assertThrows(insert);
  assertEquals(storageFault(error)?.message, "The disk is full: free some space, then try again");
  database.exec("PRAGMA max_page_count = 10000");
  insert();
  assertEquals(database.prepare("SELECT count(*) AS count FROM pictures").get()!.count, 1);
  database.close();
});
