/** The Open Inference Protocol (KServe, "V2") with JSON tensors: models under names that its clients understand. */
import { z } from "zod";
import { LatentboardError } from "../errors.ts";
import { graphTensors, type ModelPool, type TensorSpec } from "../inference/mod.ts";
import { sizeOf } from "../latent/mod.ts";
import type { ModelDocument } from "../model/mod.ts";
import { MAX_CURSOR_LENGTH, MAX_ID_LENGTH, MAX_LATENT_VALUE, MAX_PICTURES, MAX_TENSOR_NUMBERS } from "../protocol.ts";
import { defineSchema } from "./schema.ts";

/** A tensor without its numbers. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: "FP32" | "UINT8";
  /** The batch first; -1 is a length that is free. */
  readonly shape: readonly number[];
}

export interface GraphMetadata {
  /** `<model>`, `<model>:decoder` or `<model>:encoder`. */
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

export interface InferResponse {
  readonly model_name: string;
  readonly model_version: string;
  /** As the request gave it. */
  readonly id?: string;
  /** In the order that was asked for; data are flat, row by row. */
  readonly outputs: readonly (TensorMetadata & { readonly data: readonly number[] })[];
}

const VERSION = "1";
const name = z.string().max(MAX_ID_LENGTH);

/** `POST /v2/models/<m>/infer`: one tensor, its data flat or nested, and which outputs are wanted (all by default). */
export const inferRequest = defineSchema(z.object({
  id: z.string().max(MAX_CURSOR_LENGTH).exactOptional(),
  inputs: z.array(z.object({
    name,
    datatype: z.string().max(MAX_ID_LENGTH),
    shape: z.array(z.int().min(1).max(MAX_PICTURES * 2 ** 20)).min(1).max(4),
    data: z.array(z.unknown(), { error: "must be a list: tensors as binary data are not taken" }),
  })).length(1, { error: "must hold one tensor" }),
  outputs: z.array(z.object({ name })).min(1).max(4).exactOptional(),
}));

type InferRequest = ReturnType<typeof inferRequest.parse>;

interface Graph {
  readonly model: string;
  readonly kind: "decoder" | "encoder";
}

/** `<model>` and `<model>:decoder` are the decoder, `<model>:encoder` the encoder; no model's name has a colon. */
function parseGraphName(name: string): Graph {
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
  const { model, kind } = parseGraphName(name);
  return { name, versions: [VERSION], platform: "onnxruntime_onnx", ...tensorsOf(kind, await models.document(model)) };
}

/**
 * Loads a graph's model.
 *
 * @throws {LatentboardError} `not-found` where there is no such model, `damaged` or `unavailable` when it can't be run
 */
export async function loadGraph(models: ModelPool, name: string): Promise<void> {
  await models.get(parseGraphName(name).model);
}

function tensorsOf(kind: Graph["kind"], document: ModelDocument): Pick<GraphMetadata, "inputs" | "outputs"> {
  const describe = ({ name, type, shape }: TensorSpec): TensorMetadata => {
    return { name, datatype: type === "uint8" ? "UINT8" : "FP32", shape: [-1, ...shape as number[]] };
  };
  const { input, outputs } = graphTensors(kind, document);
  return { inputs: [describe(input)], outputs: outputs.map(describe) };
}

/**
 * Runs a graph.
 *
 * @param name `<model>`, `<model>:decoder` or `<model>:encoder`
 * @throws {LatentboardError} `not-found` where there is no such model, `invalid` when a tensor doesn't fit it,
 * `too-large` when the response would be
 */
export async function infer(models: ModelPool, name: string, request: InferRequest): Promise<InferResponse> {
  const { model, kind } = parseGraphName(name);
  const { inputs, outputs } = tensorsOf(kind, await models.document(model));
  const data = readTensor(request.inputs[0]!, inputs[0]!);
  const count = request.inputs[0]!.shape[0]!;
  const wanted = (request.outputs ?? outputs).map(({ name }, i) => {
    const output = outputs.find((known) => known.name === name);
    if (output === undefined) {
      throw invalid(`outputs[${i}].name`, `must be ${outputs.map((known) => known.name).join(" or ")}`);
    }
    return { ...output, shape: [count, ...output.shape.slice(1)] };
  });
  const numbers = wanted.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (numbers > MAX_TENSOR_NUMBERS) {
    throw new LatentboardError(
      "too-large",
      `The response would hold ${numbers} numbers, the most are ${MAX_TENSOR_NUMBERS}: ask for fewer rows or outputs`,
      { field: "inputs[0].shape" },
    );
  }
  const results = await models.use(model, async (runtime): Promise<Record<string, ArrayLike<number> | undefined>> => {
    if (kind === "encoder") {
      const { mu, logvar } = await runtime.encode(Uint8Array.from(data), count);
      return { mu, logvar };
    }
    const isWanted = (name: string) => wanted.some((output) => output.name === name);
    const options = { logits: isWanted("logits"), image: isWanted("image") };
    const { pixels, image, logits } = await runtime.decode(Float32Array.from(data), count, options);
    return { pixels, image, logits };
  });
  return {
    model_name: name,
    model_version: VERSION,
    ...(request.id === undefined ? {} : { id: request.id }),
    outputs: wanted.map((output) => ({ ...output, data: Array.from(results[output.name]!) })),
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
  const [isValid, rule] = datatype === "UINT8"
    ? [isByte, "a whole number from 0 to 255"] as const
    : [isLatentValue, `a number from -${MAX_LATENT_VALUE} to ${MAX_LATENT_VALUE}`] as const;
  const wrong = data.findIndex((value) => !isValid(value));
  if (wrong !== -1) throw invalid(`inputs[0].data[${wrong}]`, `must be ${rule}`);
  return data as number[];
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && value as number >= 0 && value as number <= 255;
}

function isLatentValue(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) <= MAX_LATENT_VALUE;
}

function invalid(field: string, message: string): LatentboardError {
  return new LatentboardError("invalid", `${field} ${message}`, { field });
}
