/** Reads a model's parameters back out of its graphs. */
import { LatentboardError } from "../errors.ts";
import type { Model } from "../vae/families/family.ts";
import { checkParameters, type ParameterValues } from "../vae/parameters.ts";
import { FROM_ONNX_KERNEL, permute } from "./recorder.ts";
import { decodeModel, type TensorProto } from "./proto.ts";

/**
 * The parameters that {@linkcode exportModel} wrote, bit for bit.
 *
 * @param model that was exported
 * @param files encoder.onnx and decoder.onnx
 * @throws {LatentboardError} `damaged` when the files are not those of the model
 */
export function readParameters(
  model: Model,
  files: { readonly encoder: Uint8Array; readonly decoder: Uint8Array },
): ParameterValues {
  const tensors = [files.encoder, files.decoder].flatMap((bytes) => decodeModel(bytes).graph.initializer);
  const byName = new Map(tensors.map((tensor) => [tensor.name!, tensor]));
  try {
    const parameters = Object.fromEntries(
      model.parameters.flatMap(({ name, shape }) => {
        const tensor = byName.get(name);
        return tensor === undefined ? [] : [[name, { shape, data: valuesOf(tensor, shape) }]];
      }),
    );
    checkParameters(model, parameters);
    return parameters;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new LatentboardError("damaged", `The graphs are not those of the model's configuration: ${cause.message}`, {
      field: "model",
      cause,
    });
  }
}

function valuesOf({ dims, rawData }: TensorProto, shape: readonly number[]): Float32Array {
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  const data = Float32Array.from({ length: rawData.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
  return shape.length === 4 ? permute(data, dims.map(Number), FROM_ONNX_KERNEL) : data;
}
