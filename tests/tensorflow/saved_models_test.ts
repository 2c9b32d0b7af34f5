import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { TensorFlowError } from "../../lib/tensorflow/mod.ts";
import { ignore, tensorflow } from "./_engine.ts";

const encoder = new TextEncoder();

/** A field of a protocol buffer message: a number as a varint, anything else with its length. */
function field(number: number, value: number | string | readonly number[]): number[] {
  if (typeof value === "number") return [number << 3, ...varint(value)];
  const bytes = typeof value === "string" ? encoder.encode(value) : value;
  return [number << 3 | 2, ...varint(bytes.length), ...bytes];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [value & 127 | 128, ...varint(value >>> 7)];
}

/** A NodeDef whose attributes are data types. */
function node(name: string, op: string, inputs: readonly string[], types: Record<string, number>): number[] {
  return [
    ...field(1, name),
    ...field(2, op),
    ...inputs.flatMap((input) => field(3, input)),
    ...Object.entries(types).flatMap(([key, type]) => field(5, [...field(1, key), ...field(2, field(6, type))])),
  ];
}

/** A SavedModel that gives the sum and the product of its inputs x and y. */
function savedModel(): Uint8Array {
  const float = 1; // DT_FLOAT
  const nodes = [
    node("x", "Placeholder", [], { dtype: float }),
    node("y", "Placeholder", [], { dtype: float }),
    node("sum", "AddV2", ["x", "y"], { T: float }),
    node("product", "Mul", ["x", "y"], { T: float }),
  ];
  const graph = [...nodes.flatMap((each) => field(1, each)), ...field(4, field(1, 1000))]; // versions.producer
  const metaGraph = [...field(1, field(4, "serve")), ...field(2, graph)];
  return Uint8Array.from([...field(1, 1), ...field(2, metaGraph)]);
}

Deno.test({
  name: "a SavedModel is loaded, run and freed through the binding",
  ignore,
  fn() {
    const { binding } = tensorflow();
    const folder = Deno.makeTempDirSync();
    Deno.writeFileSync(`${folder}/saved_model.pb`, savedModel());
    const before = tensorflow().memory();
    try {
      const id = binding.loadSavedModel(folder, "serve");
      assertEquals(binding.getNumOfSavedModels(), 1);
      const inputs = [[1, 2], [3, 4]].map((values) =>
        binding.createTensor([2], binding.TF_FLOAT, Float32Array.from(values))
      );
      const outputs = binding.runSavedModel(id, inputs, "x:0,y:0", "sum:0,product");
      assertEquals(outputs.map(({ shape }) => shape), [[2], [2]]);
      assertEquals(outputs.map((output) => [...binding.tensorDataSync(output.id)]), [[4, 6], [3, 8]]);
      assertThrows(() => binding.runSavedModel(id, inputs, "x,z", "sum"), RangeError, "Cannot find z");
      assertThrows(() => binding.runSavedModel(id, [inputs[0]!], "x", "sum"), TensorFlowError, "y");
      for (const tensor of [...inputs, ...outputs.map((output) => output.id)]) binding.deleteTensor(tensor);
      binding.deleteSavedModel(id);
      assertEquals(binding.getNumOfSavedModels(), 0);
      assertThrows(() => binding.deleteSavedModel(id), RangeError, "never loaded");
      assertEquals(tensorflow().memory().handles, before.handles);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "loadSavedModel() throws TensorFlow's own message where there is none",
  ignore,
  fn() {
    const { binding } = tensorflow();
    const error = assertThrows(() => binding.loadSavedModel("/nowhere", "serve"), TensorFlowError);
    assert(error.message.includes("/nowhere"), error.message);
    assertEquals(binding.getNumOfSavedModels(), 0);
    assertEquals(tf.getBackend(), "tensorflow");
  },
});
