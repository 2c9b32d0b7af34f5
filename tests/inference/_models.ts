/** A tiny model's graphs and model.json, in memory. */
import { join } from "deno-std/path/mod.js";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

const latentDim = 3;
const size = 16;
const channels = 3;

const folder = await Deno.makeTempDir();
const written = await writeTinyModel(folder, { latentDim, size, channels });
const read = (file: string) => Deno.readFileSync(join(folder, written.name, file));

/** model.json of the tiny model. */
export const tinyDocument = written;

/** The tiny model's graphs, and the shapes that they have. */
export const tinyGraphs = {
  decoder: read("decoder.onnx"),
  encoder: read("encoder.onnx"),
  latentDim,
  size,
  channels,
} as const;

await Deno.remove(folder, { recursive: true });
