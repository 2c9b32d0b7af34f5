import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { configProto } from "../../lib/tensorflow/ffi/context.ts";

Deno.test("configProto() writes thread counts, soft placement and memory that grows", () => {
  assertEquals([...configProto({ intraOpThreads: 2, interOpThreads: 300 })], [
    ...[2 << 3, 2], // intra_op_parallelism_threads
    ...[5 << 3, 0xac, 0x02], // inter_op_parallelism_threads: 300 in two bytes
    ...[6 << 3 | 2, 2, 4 << 3, 1], // gpu_options { allow_growth }
    ...[7 << 3, 1], // allow_soft_placement
  ]);
  assertEquals([...configProto()].slice(0, 4), [16, 0, 40, 0]);
});

Deno.test("configProto() hides all cards, or shows one", () => {
  assertEquals([...configProto({ gpu: "none" })].slice(0, 9), [1 << 3 | 2, 7, 1 << 3 | 2, 3, 71, 80, 85, 2 << 3, 0]);
  const options = [...configProto({ gpu: 12 })].slice(4);
  assertEquals(options, [6 << 3 | 2, 6, 4 << 3, 1, 5 << 3 | 2, 2, 49, 50, 7 << 3, 1]); // visible_device_list: "12"
});

Deno.test("configProto() refuses thread counts that make no sense", () => {
  for (const intraOpThreads of [-1, 1.5, NaN, 5000]) {
    assertThrows(() => configProto({ intraOpThreads }), RangeError, `intraOpThreads is ${intraOpThreads}`);
  }
});
