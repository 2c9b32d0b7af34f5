import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import fc from "fast-check";
import { LatentboardError } from "../../lib/errors.ts";
import { readSafetensors, writeSafetensors } from "../../lib/training/safetensors.ts";

const sample = {
  "b/kernel": { shape: [2, 3], data: Float32Array.of(1, -2.5, 3e-9, 4, NaN, Infinity) },
  "a": { shape: [], data: Int32Array.of(-7) },
  "c": { shape: [5], data: Uint8Array.of(1, 2, 3, 4, 255) },
  "empty": { shape: [0, 4], data: new Float32Array(0) },
};

/** A file with a header of the test's choice. */
function craft(header: unknown, body = new Uint8Array(16), statedLength?: number): Uint8Array {
  const json = typeof header === "string" ? header : JSON.stringify(header);
  const head = new TextEncoder().encode(json);
  const bytes = new Uint8Array(8 + head.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(statedLength ?? head.length), true);
  bytes.set(head, 8);
  bytes.set(body, 8 + head.length);
  return bytes;
}

Deno.test("readSafetensors() gives back what writeSafetensors() was given, bit for bit", () => {
  const file = readSafetensors(writeSafetensors(sample, { made: "here" }));
  assertEquals({ ...file.tensors }, sample);
  assertEquals(file.metadata, { made: "here" });
});

Deno.test("writeSafetensors() writes the documented layout", () => {
  const bytes = writeSafetensors({ w: { shape: [1], data: Float32Array.of(1) } });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assertEquals(length % 8, 0);
  assertEquals(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))), {
    w: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
  });
  assertEquals([...bytes.subarray(8 + length)], [0, 0, 0x80, 0x3f]);
});

Deno.test("writeSafetensors() gives the same bytes whatever the order of the tensors", () => {
  const reversed = Object.fromEntries(Object.entries(sample).reverse());
  assertEquals(writeSafetensors(sample), writeSafetensors(reversed));
});

Deno.test("writeSafetensors() throws when the data does not fill the shape", () => {
  assertThrows(() => writeSafetensors({ w: { shape: [3], data: new Float32Array(2) } }), RangeError, '"w"');
});

Deno.test("readSafetensors() refuses every truncation", () => {
  const bytes = writeSafetensors(sample);
  for (let length = 0; length < bytes.length; length++) {
    assertThrows(() => readSafetensors(bytes.subarray(0, length)), LatentboardError);
  }
});

const f32 = (start: number, end: number, shape: unknown = [(end - start) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});

const hostile: Record<string, Uint8Array> = {
  "a header longer than the file": craft({ w: f32(0, 16) }, new Uint8Array(16), 10_000),
  "a header of 2^63 bytes": craft({ w: f32(0, 16) }, new Uint8Array(16), 2 ** 63),
  "a header that is not JSON": craft("{,"),
  "a header that is an array": craft([]),
  "tensors that overlap": craft({ a: f32(0, 12), b: f32(8, 16) }),
  "two tensors in one place": craft({ a: f32(0, 16), b: f32(0, 16) }),
  "a gap between tensors": craft({ a: f32(0, 4), b: f32(8, 16) }),
  "bytes after the last tensor": craft({ a: f32(0, 8) }),
  "an end beyond the file": craft({ a: f32(0, 32) }),
  "an end before the start": craft({ a: { dtype: "F32", shape: [1], data_offsets: [16, 0] } }),
  "a negative place": craft({ a: { dtype: "F32", shape: [4], data_offsets: [-16, 0] } }),
  "a shape that is too large": craft({ a: f32(0, 16, [2 ** 40, 2 ** 40]) }),
  "a shape that is too small": craft({ a: f32(0, 16, [3]) }),
  "a negative dimension": craft({ a: f32(0, 16, [-2, -2]) }),
  "a fractional dimension": craft({ a: f32(0, 16, [0.5, 8]) }),
  "an unknown type": craft({ a: { dtype: "F64", shape: [2], data_offsets: [0, 16] } }),
  "a type named after a prototype's property": craft({ a: { dtype: "toString", shape: [2], data_offsets: [0, 16] } }),
  "metadata that is not text": craft({ __metadata__: { a: 1 }, w: f32(0, 16) }),
};

for (const [name, bytes] of Object.entries(hostile)) {
  Deno.test(`readSafetensors() refuses ${name}`, () => {
    const error = assertThrows(() => readSafetensors(bytes), LatentboardError);
    assertEquals(error.kind, "damaged");
  });
}

Deno.test("readSafetensors() reads a tensor named __proto__ as a tensor", () => {
  const { tensors } = readSafetensors(craft(`{"__proto__":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}`));
  assertEquals(Object.keys(tensors), ["__proto__"]);
});

Deno.test("readSafetensors() either reads or refuses any bytes, and throws nothing else", () => {
  const valid = writeSafetensors(sample);
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
    (changes) => {
      const bytes = valid.slice();
      for (const [index, value] of changes) bytes[index] = value;
      try {
        readSafetensors(bytes);
      } catch (error) {
        if (!(error instanceof LatentboardError)) throw error;
      }
    },
  ));
});
