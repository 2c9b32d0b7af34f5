/** The Open Inference Protocol (KServe, "V2"), JSON tensors: models behind names that its clients understand. */
import { z } from "zod";
import { LatentboardError } from "../errors.ts";
import { latentDimOf, type ModelPool } from "../inference/mod.ts";
import type { ModelDocument } from "../model/mod.ts";
import { MAX_CURSOR_LENGTH, MAX_ID_LENGTH, MAX_LATENT_VALUE, MAX_PICTURES, MAX_TENSOR_NUMBERS } from "../protocol.ts";
import { type Shape, shape } from "./schema.ts";

/** A tensor's element type, as the protocol names it. */
export type Datatype = "FP32" | "UINT8";

/** A tensor without its numbers. -1 is a length that is free. */
export interface TensorMetadata {
  /** Its name. */
  readonly name: string;
  /** The type of its elements. */
  readonly datatype: Datatype;
  /** Its shape, the batch first. */
  readonly shape: readonly number[];
}

/** A tensor with its numbers, row by row. */
export interface Tensor extends TensorMetadata {
  /** Flat. */
  readonly data: readonly number[];
}

/** What is known of a graph. */
export interface GraphMetadata {
  /** `<model>` or `<model>:encoder`. */
  readonly name: string;
  /** One version a model. */
  readonly versions: readonly string[];
  /** As the protocol names ONNX Runtime. */
  readonly platform: string;
  /** What it takes. */
  readonly inputs: readonly TensorMetadata[];
  /** What it gives. */
  readonly outputs: readonly TensorMetadata[];
}

/** A request to run a graph. */
export interface InferRequest {
  /** Given back as it is. */
  readonly id?: string;
  /** One, the graph's. Its data may be flat or nested. */
  readonly inputs: readonly {
    readonly name: string;
    readonly datatype: string;
    readonly shape: readonly number[];
    readonly data: readonly unknown[];
  }[];
  /** Which outputs are wanted; all where it is not given. */
  readonly outputs?: readonly { readonly name: string }[];
}

/** What running a graph gave. */
export interface InferResponse {
  /** `<model>` or `<model>:encoder`. */
  readonly model_name: string;
  /** Always `1`. */
  readonly model_version: string;
  /** As it was given. */
  readonly id?: string;
  /** In the order that was asked for. */
  readonly outputs: readonly Tensor[];
}

const name = z.string().max(MAX_ID_LENGTH);

/** `POST /v2/models/<m>/infer`. */
export const inferRequest: Shape<InferRequest> = shape(z.object({
  id: z.string().max(MAX_CURSOR_LENGTH).exactOptional(),
  inputs: z.array(z.object({
    name,
    datatype: z.string().max(MAX_ID_LENGTH),
    shape: z.array(z.int().min(1).max(MAX_PICTURES * 2 ** 20)).min(1).max(4),
    data: z.array(z.unknown(), { error: "must be a list: tensors as binary data are not taken" }),
  })).length(1, { error: "must hold one tensor" }),
  outputs: z.array(z.object({ name })).min(1).max(4).exactOptional(),
}));

interface Graph {
  readonly model: string;
  readonly kind: "decoder" | "encoder";
}

/** `<model>` and `<model>:decoder` are the decoder, `<model>:encoder` the encoder; a colon is in no model's name. */
function graphOf(name: string): Graph {
  const [, model, kind] = /^(.*?)(?::(decoder|encoder))?$/s.exec(name)!;
  return { model: model!, kind: kind === "encoder" ? "encoder" : "decoder" };
}

/**
 * What a graph takes and gives.
 *
 * @param name `<model>`, `<model>:decoder` or `<model>:encoder`
 * @throws {LatentboardError} `not-found` where there is no such model
 */
export async function graphMetadata(models: ModelPool, name: string): Promise<GraphMetadata> {
  const { model, kind } = graphOf(name);
  return { name, versions: ["1"], platform: "onnxruntime_onnx", ...tensorsOf(kind, await models.document(model)) };
}

/**
 * Loads a graph's model.
 *
 * @throws {LatentboardError} `not-found` where there is no such model, `damaged` or `unavailable` when it can't be run
 */
export async function loadGraph(models: ModelPool, name: string): Promise<void> {
  await models.get(graphOf(name).model);
}

function tensorsOf(kind: Graph["kind"], document: ModelDocument): Pick<GraphMetadata, "inputs" | "outputs"> {
  const { height, width, channels } = document.image;
  const latent = [-1, latentDimOf(document)];
  const picture = [-1, height, width, channels];
  const pixels = { name: "pixels", datatype: "UINT8", shape: picture } as const;
  return kind === "decoder"
    ? {
      inputs: [{ name: "z", datatype: "FP32", shape: latent }],
      outputs: [
        pixels,
        { name: "image", datatype: "FP32", shape: picture },
        { name: "logits", datatype: "FP32", shape: picture },
      ],
    }
    : {
      inputs: [pixels],
      outputs: [{ name: "mu", datatype: "FP32", shape: latent }, { name: "logvar", datatype: "FP32", shape: latent }],
    };
}

/**
 * Runs a graph.
 *
 * @param name `<model>`, `<model>:decoder` or `<model>:encoder`
 * @throws {LatentboardError} `not-found` where there is no such model, `invalid` when a tensor doesn't fit it
 */
export async function infer(models: ModelPool, name: string, request: InferRequest): Promise<InferResponse> {
  const { model, kind } = graphOf(name);
  const { inputs, outputs } = tensorsOf(kind, await models.document(model));
  const expected = inputs[0]!;
  const data = readTensor(request.inputs[0]!, expected);
  const count = request.inputs[0]!.shape[0]!;
  const wanted = (request.outputs ?? outputs).map(({ name }, i) => {
    const output = outputs.find((known) => known.name === name);
    if (output !== undefined) return output;
    throw invalid(`outputs[${i}].name`, `must be ${outputs.map((known) => known.name).join(" or ")}`);
  });
  const numbers = wanted.reduce((sum, { shape }) => sum + sizeOf([count, ...shape.slice(1)]), 0);
  if (numbers > MAX_TENSOR_NUMBERS) {
    throw new LatentboardError(
      "too-large",
      `The answer would hold ${numbers} numbers, the most are ${MAX_TENSOR_NUMBERS}: ask for fewer rows or outputs`,
      { field: "inputs[0].shape" },
    );
  }
  const results = await models.use(model, async (runtime): Promise<Record<string, ArrayLike<number> | undefined>> => {
    if (kind === "encoder") {
      const { mu, logvar } = await runtime.encode(Uint8Array.from(data), count);
      return { mu, logvar };
    }
    const asked = (name: string) => wanted.some((output) => output.name === name);
    const options = { logits: asked("logits"), image: asked("image") };
    const { pixels, image, logits } = await runtime.decode(Float32Array.from(data), count, options);
    return { pixels, image, logits };
  });
  return {
    model_name: name,
    model_version: "1",
    ...(request.id === undefined ? {} : { id: request.id }),
    outputs: wanted.map((output) => ({
      ...output,
      shape: [count, ...output.shape.slice(1)],
      data: Array.from(results[output.name]!),
    })),
  };
}

function readTensor(tensor: InferRequest["inputs"][number], expected: TensorMetadata): number[] {
  const { name, datatype, shape } = expected;
  if (tensor.name !== name) throw invalid("inputs[0].name", `must be ${name}`);
  if (tensor.datatype !== datatype) throw invalid("inputs[0].datatype", `must be ${datatype}`);
  const fits = tensor.shape.length === shape.length &&
    shape.every((length, i) => length === -1 || length === tensor.shape[i]);
  if (!fits || tensor.shape[0]! > MAX_PICTURES) {
    throw invalid("inputs[0].shape", `must be [n, ${shape.slice(1).join(", ")}], n from 1 to ${MAX_PICTURES}`);
  }
  const size = sizeOf(tensor.shape);
  const data = tensor.data.flat(3);
  if (data.length !== size) throw invalid("inputs[0].data", `must hold ${size} numbers: it holds ${data.length}`);
  for (const [i, value] of data.entries()) {
    if (datatype === "UINT8" ? isByte(value) : isLatentNumber(value)) continue;
    throw invalid(
      `inputs[0].data[${i}]`,
      datatype === "UINT8"
        ? "must be a whole number from 0 to 255"
        : `must be a number from -${MAX_LATENT_VALUE} to ${MAX_LATENT_VALUE}`,
    );
  }
  return data as number[];
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && value as number >= 0 && value as number <= 255;
}

function isLatentNumber(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) <= MAX_LATENT_VALUE;
}

function invalid(field: string, message: string): LatentboardError {
  return new LatentboardError("invalid", `${field} ${message}`, { field });
}
