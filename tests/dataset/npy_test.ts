import { assert, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import fc from "fast-check";
import { LatentboardError } from "../../lib/errors.ts";
import { parseNpy } from "../../lib/dataset/arrays/npy.ts";
import { npyBytes } from "./_npy.ts";

Deno.test("parseNpy() reads every kind of number, in both byte orders", () => {
  const view =
    (size: number, write: (view: DataView, at: number, value: number, little: boolean) => void) =>
    (values: readonly number[], little: boolean) => {
      const bytes = new Uint8Array(values.length * size);
      for (const [i, value] of values.entries()) write(new DataView(bytes.buffer), i * size, value, little);
      return bytes;
    };
  const writers = {
    i1: view(1, (view, at, value) => view.setInt8(at, value)),
    u2: view(2, (view, at, value, little) => view.setUint16(at, value, little)),
    i2: view(2, (view, at, value, little) => view.setInt16(at, value, little)),
    u4: view(4, (view, at, value, little) => view.setUint32(at, value, little)),
    i4: view(4, (view, at, value, little) => view.setInt32(at, value, little)),
    u8: view(8, (view, at, value, little) => view.setBigUint64(at, BigInt(value), little)),
    i8: view(8, (view, at, value, little) => view.setBigInt64(at, BigInt(value), little)),
    f4: view(4, (view, at, value, little) => view.setFloat32(at, value, little)),
    f8: view(8, (view, at, value, little) => view.setFloat64(at, value, little)),
  };
  for (const [type, write] of Object.entries(writers)) {
    for (const order of ["<", ">"]) {
      const values = [0, 1, 100, 127];
      const { shape, data } = parseNpy(npyBytes(`${order}${type}`, [2, 2], write(values, order === "<")));
      assertEquals([shape, [...data]], [[2, 2], values], `${order}${type}`);
    }
  }
});

Deno.test("parseNpy() reads half precision", () => {
  const bits = [0x0000, 0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff];
  const bytes = new Uint8Array(Uint16Array.from(bits).buffer);
  const { data } = parseNpy(npyBytes("<f2", [6], bytes));
  assertEquals([...data], [0, 1, -2, 0.333251953125, 2 ** -24, 65504]);
});

Deno.test("parseNpy() reads versions 1, 2 and 3", () => {
  for (const version of [1, 2, 3]) {
    assertEquals([...parseNpy(npyBytes("|u1", [3], Uint8Array.of(1, 2, 3), { version })).data], [1, 2, 3]);
  }
});

Deno.test("parseNpy() returns bytes as they are, whatever their shape", () => {
  fc.assert(fc.property(fc.array(fc.nat(4), { maxLength: 4 }), (shape) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const data = Uint8Array.from({ length }, (_, i) => i & 0xff);
    const read = parseNpy(npyBytes("|u1", shape, data));
    assertEquals([read.shape, [...read.data], read.fromUnit], [shape, [...data], false]);
  }));
});

Deno.test("parseNpy() says what to do about arrays that are not read", () => {
  const data = new Uint8Array(8);
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [npyBytes("|u1", [8], data, { fortran: true }), "it is in Fortran order; save numpy.ascontiguousarray(array)"],
    [npyBytes("<c8", [1], data), "its type is <c8; save it as uint8"],
    [npyBytes("|O", [1], data), "it holds Python objects, which are never run; save it from Python with array.astype"],
    [npyBytes("<f8", [2], data), "it is cut short, 8 of 16 bytes"],
    [npyBytes("|u1", [8], data, { version: 9 }), "its version is 9, and 1 to 3 are read"],
    [new TextEncoder().encode("not an array"), "it doesn't begin as an NPY file does"],
    [npyBytes("|u1", [8], data).subarray(0, 20), "it ends within its header"],
  ];
  for (const [bytes, message] of cases) assertThrows(() => parseNpy(bytes), LatentboardError, message);
});

Deno.test("parseNpy() only ever fails with an error made for people, whatever is altered", () => {
  const whole = npyBytes("<f4", [2, 2], new Uint8Array(16));
  fc.assert(
    fc.property(fc.nat(whole.length), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255))), (cut, changes) => {
      const bytes = whole.slice(0, cut);
      for (const [at, value] of changes) if (at < cut) bytes[at] = value;
      try {
        const { shape, data } = parseNpy(bytes);
        assertEquals(data.length, shape.reduce((product, size) => product * size, 1));
      } catch (error) {
        assert(error instanceof LatentboardError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});
