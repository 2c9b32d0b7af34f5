import { assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { encodeModel, type GraphProto } from "../../lib/onnx/proto.ts";
import { refuseUnsafeGraph } from "../../lib/model/mod.ts";

function encode(graph: Partial<GraphProto>): Uint8Array {
  return encodeModel({
    irVersion: 8n,
    producerName: "test",
    graph: { name: "g", node: [], initializer: [], input: [], output: [], ...graph } as GraphProto,
    opsetImport: [{ domain: "", version: 17n }],
    metadataProps: [],
  });
}

/** A field of bytes on the wire. */
function field(number: number, content: Uint8Array | number[]): number[] {
  return [number * 8 + 2, content.length, ...content];
}
const text = (value: string) => [...new TextEncoder().encode(value)];

Deno.test("graphs as Latentboard exports them are let through", async () => {
  for (const model of ["emoji", "fashion-mnist", "fashion-mnist-2d"]) {
    for (const name of ["encoder.onnx", "decoder.onnx"]) {
      refuseUnsafeGraph(await Deno.readFile(`models/${model}/${name}`), name);
    }
  }
  refuseUnsafeGraph(encode({}), "empty.onnx");
});

for (
  const [what, graph, words] of [
    ["tensors in other files", field(5, field(13, field(1, text("location")))), "external data"],
    ["tensors that say they lie elsewhere", field(5, [14 * 8, 1]), "external data"],
    ["such a tensor within a node", field(1, field(5, field(5, [14 * 8, 1]))), "external data"],
    ["subgraphs, which can loop", field(1, field(5, field(6, []))), "subgraph"],
    [
      "operators whose result has any size",
      field(1, field(4, text("ConstantOfShape"))),
      "the operator ConstantOfShape",
    ],
    ["paddings of millions", field(1, field(5, [8 * 8, 0xff, 0xff, 0xff, 0x7f])), "an attribute that is too large"],
    ["packed ones too", field(1, field(5, field(8, [1, 0xff, 0xff, 0xff, 0x7f]))), "an attribute that is too large"],
    [
      "constants that say they are larger than the file",
      field(5, [...field(1, [0x80, 0x80, 0x80, 0x04]), 2 * 8, 1, ...field(9, [0, 0, 0, 0])]),
      "a constant that is larger than the file",
    ],
    ["such without any data", field(5, [...field(1, [0x80, 0x80, 0x80, 0x04]), 2 * 8, 7]), "a constant that is larger"],
    [
      "infinite weights",
      field(5, [...field(1, [1]), 2 * 8, 1, ...field(9, [0, 0, 0x80, 0x7f])]),
      "a weight that is no",
    ],
    [
      "weights that are no number",
      field(5, [...field(1, [1]), 2 * 8, 10, ...field(9, [1, 0xfc])]),
      "a weight that is no",
    ],
    [
      "infinite weights one by one",
      field(5, [...field(1, [1]), 2 * 8, 1, ...field(4, [0, 0, 0x80, 0xff])]),
      "a weight",
    ],
    ["operators of others", field(1, field(7, text("com.microsoft"))), 'operators of "com.microsoft"'],
  ] as const
) {
  Deno.test(`${what} are refused`, () => {
    const error = assertThrows(
      () => refuseUnsafeGraph(Uint8Array.from(field(7, graph)), "decoder.onnx"),
      LatentboardError,
    );
    if (!error.message.startsWith(`decoder.onnx has ${words}`)) throw error;
  });
}

Deno.test("a file that is cut short or no ONNX is refused", async () => {
  const bytes = await Deno.readFile("models/emoji/decoder.onnx");
  for (const part of [bytes.subarray(0, 1000), Uint8Array.of(0xff, 0xff), Uint8Array.of(0x3b)]) {
    assertThrows(() => refuseUnsafeGraph(part, "decoder.onnx"), LatentboardError, "cut short");
  }
});
