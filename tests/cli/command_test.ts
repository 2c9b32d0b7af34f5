import { assertEquals } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { fileSystemFault } from "../../lib/cli/support/command.ts";

Deno.test("fileSystemFault() is one sentence that names the place, and leaves other faults alone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "");
    const below = await Deno.readTextFile(join(file, "x")).catch((error) => error);
    assertEquals(fileSystemFault(below), `Cannot use ${join(file, "x")}: a part of that path is a file and no folder`);
    const missing = await Deno.readTextFile(join(folder, "none")).catch((error) => error);
    assertEquals(fileSystemFault(missing), undefined);
    assertEquals(fileSystemFault(new TypeError("x is not a function")), undefined);
    const full = Object.assign(new Error("No space left on device (os error 28): write '/x/y'"), { code: "ENOSPC" });
    assertEquals(fileSystemFault(full), "Cannot use /x/y: the disk is full");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
