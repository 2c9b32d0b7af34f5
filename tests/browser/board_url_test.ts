import { assertEquals } from "deno-std/assert/mod.js";
import { boardUrl, decodeLatents, encodeLatents, parseBoardUrl } from "../../lib/browser/board_url.ts";

const parse = (path: string) => parseBoardUrl(new URL(path, "http://127.0.0.1:8000"));

Deno.test("boardUrl() and parseBoardUrl() bring the same 32-bit floats back", () => {
  const z = [0, -0, 0.1, -2.75, 1e-38, 3.4e38].map(Math.fround);
  const link = { model: "fashion-20", z, seed: 4294967295, temperature: 0.7, sampler: "gmm" as const, keys: [z, [1]] };
  assertEquals(parse(boardUrl(link)), link);
});

Deno.test("boardUrl() names nothing that is not set, no temperature of 1 and not the prior", () => {
  assertEquals(boardUrl({}), "/");
  assertEquals(boardUrl({ model: "a", temperature: 1, sampler: "prior" }), "/?model=a");
});

Deno.test("encodeLatents() uses only characters that need no escape in a link", () => {
  const z = Array.from({ length: 99 }, (_, index) => Math.fround(Math.sin(index) * 3));
  assertEquals(encodeURIComponent(encodeLatents(z)), encodeLatents(z));
  assertEquals(decodeLatents(encodeLatents(z)), z);
});

for (
  const [fault, text] of [
    ["text that is not base64url", "a b"],
    ["half a float", "AAAAAAA"],
    ["NaN", encodeLatents([NaN])],
    ["infinity", encodeLatents([1, Infinity])],
    ["nothing", ""],
    ["more than 4096 numbers", encodeLatents(Array(5000).fill(1))],
  ] as const
) {
  Deno.test(`parseBoardUrl() leaves z out for ${fault}`, () => {
    assertEquals(parse(`/?model=a&z=${encodeURIComponent(text)}`), {
      model: "a",
      z: undefined,
      seed: undefined,
      temperature: undefined,
      sampler: undefined,
      keys: undefined,
    });
  });
}

Deno.test("parseBoardUrl() leaves seed and temperature out when they are out of range", () => {
  for (const query of ["seed=-1", "seed=4294967296", "seed=1e3", "temperature=9", "temperature=2.5", "temperature=x"]) {
    const { seed, temperature } = parse(`/?${query}`);
    assertEquals([seed, temperature], [undefined, undefined], query);
  }
});

Deno.test("parseBoardUrl() leaves a sampler out that there is not", () => {
  assertEquals(parse("/?sampler=gmm").sampler, "gmm");
  assertEquals(parse("/?sampler=uniform").sampler, undefined);
});
