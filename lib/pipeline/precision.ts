/** The precision of matrix products, as far as an engine has a choice. */
import { activeEngine } from "../tensorflow/mod.ts";
import type { TrainingConfig } from "../vae/mod.ts";

/**
 * Sets the precision from here on. Everything but training itself goes in float32: what TF32 rounds away is fifty times
 * what the comparison with ONNX allows.
 */
export function usePrecision(precision: TrainingConfig["precision"]): void {
  activeEngine()?.useTensorFloat32(precision === "tf32");
}
