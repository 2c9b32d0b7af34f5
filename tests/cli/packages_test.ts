import { assertEquals } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { missingPackages } from "../../lib/cli/support/packages.ts";

Deno.test("missingPackages() names what the lock asks for and no registry's folder holds", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const lock = join(folder, "test.lock");
    const specifiers = {
      "npm:a@^1.0.0": "1.2.3_b@4.0.0",
      "npm:@scope/b@4": "4.0.0",
      "npm:c@1": "1.0.0",
      "jsr:@x/y@1": "1.0.0",
    };
    await Deno.writeTextFile(lock, JSON.stringify({ version: "5", specifiers, npm: {} }));
    const cache = join(folder, "npm");
    assertEquals(await missingPackages(lock, cache), ["a@1.2.3", "@scope/b@4.0.0", "c@1.0.0"]);
    await Deno.mkdir(join(cache, "registry", "a", "1.2.3"), { recursive: true });
    await Deno.mkdir(join(cache, "another", "@scope", "b", "4.0.0"), { recursive: true });
    await Deno.mkdir(join(cache, "registry", "c", "0.9.0"), { recursive: true });
    assertEquals(await missingPackages(lock, cache), ["c@1.0.0"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
