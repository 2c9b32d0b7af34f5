import { assert, assertLess, assertStringIncludes } from "deno-std/assert/mod.js";
import { familySchema } from "../../../lib/vae/families/registry.ts";

Deno.test("docs/families.md names every family, and shows one whole, in fewer than 100 lines", async () => {
  const [document, file] = await Promise.all(
    ["docs/families.md", "lib/vae/families/info_vae.ts"].map((path) => Deno.readTextFile(path)),
  ) as [string, string];
  for (const { shape } of familySchema.options) {
    const [kind] = shape.kind.values;
    assert(document.includes(`| \`${kind}\` `), `docs/families.md has no row for ${kind}`);
  }
  assertStringIncludes(document, file);
  assertLess(file.split("\n").length, 100);
});
