import { assert, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { LatentboardError } from "../../lib/errors.ts";
import { encodeIdx, parseIdx } from "../../lib/dataset/mod.ts";

const arrays = fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }).chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ shape, data }));
});

Deno.test("parseIdx() returns what encodeIdx() wrote, gzipped or not", () => {
  fc.assert(fc.property(arrays, fc.boolean(), (array, packed) => {
    const bytes = encodeIdx(array);
    const read = parseIdx(packed ? new Uint8Array(gzipSync(bytes)) : bytes);
    assertEquals(read.shape, array.shape);
    assertEquals([...read.data], [...array.data]);
  }));
});

Deno.test("parseIdx() reads the header as the format describes it", () => {
  const bytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9);
  assertEquals(parseIdx(bytes), { shape: [1, 2], data: Uint8Array.of(7, 9) });
});

Deno.test("parseIdx() says that a file is cut short, and how much is there", () => {
  const bytes = encodeIdx({ shape: [10, 2, 2], data: new Uint8Array(40) });
  const error = assertThrows(() => parseIdx(bytes.subarray(0, 46), "train.idx"), LatentboardError);
  assertEquals(error.kind, "damaged");
  assertEquals(error.message, "Cannot read train.idx: it is cut short, 30 of 40 bytes (10 × 2 × 2), so get it again");
  const packed = new Uint8Array(gzipSync(bytes));
  const cut = assertThrows(() => parseIdx(packed.subarray(0, packed.length - 12), "train.gz"), LatentboardError);
  assertEquals(cut.message, "Cannot unpack train.gz: it is cut short or damaged, so get it again");
});

Deno.test("parseIdx() says what is wrong with files of other kinds", () => {
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [new TextEncoder().encode("a text file"), "it doesn't begin as an IDX file does"],
    [new Uint8Array(), "it doesn't begin as an IDX file does"],
    [Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0), "it holds numbers of IDX type 0x0d"],
    [Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1), "it ends within its header"],
    [Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 5, 5), "it is longer than its header says"],
    [Uint8Array.of(0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255), "it is cut short"],
  ];
  for (const [bytes, message] of cases) assertThrows(() => parseIdx(bytes), LatentboardError, message);
});

Deno.test("parseIdx() only ever fails with an error made for people", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom([], [0, 0, 8], [0x1f, 0x8b, 8]), (bytes, start) => {
      try {
        parseIdx(Uint8Array.from([...start, ...bytes]));
      } catch (error) {
        assert(error instanceof LatentboardError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("encodeIdx() refuses data that don't fit the shape", () => {
  assertThrows(() => encodeIdx({ shape: [2, 2], data: new Uint8Array(3) }), RangeError, "3 bytes as IDX of 2 × 2");
});
