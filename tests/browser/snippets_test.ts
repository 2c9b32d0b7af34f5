import { assert, assertEquals } from "deno-std/assert/mod.js";
import { snippet, SNIPPETS } from "../../lib/browser/snippets.ts";

const AT = { origin: "http://127.0.0.1:8000", model: "tiny", z: [0.1, -2.5, 1e-7, 3].map(Math.fround) };

Deno.test("snippet() writes the fewest digits that give back the same 32-bit floats", () => {
  const { model, z } = JSON.parse(snippet("json", AT));
  assertEquals([model, z.map(Math.fround)], ["tiny", AT.z]);
  assert(snippet("json", AT).includes("[0.1, -2.5, 1e-7, 3]"));
});

Deno.test("snippet() writes calls that name the address, and data that names its type", () => {
  for (const { kind } of SNIPPETS) {
    const text = snippet(kind, AT);
    assert(text.includes("[0.1, -2.5, 1e-7, 3]"), kind);
    assertEquals(
      text.includes("http://127.0.0.1:8000/api/decode"),
      ["curl", "python", "javascript"].includes(kind),
      kind,
    );
  }
  assert(snippet("numpy", AT).includes("dtype=np.float32"));
});
