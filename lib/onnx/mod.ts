/**
 * Export to ONNX, and the check that what was exported does what was trained.
 *
 * @module
 */
export * from "./classifier.ts";
export * from "./exporter.ts";
export * from "./likelihood.ts";
export * from "./parity.ts";
export * from "./read_parameters.ts";
export type { ExportCertificate, ModelDocument } from "../model/format.ts";
export type { Model } from "../vae/families/family.ts";
export type {
  ActivationLayer,
  ActivationName,
  BatchNormLayer,
  Conv2dLayer,
  Conv2dTransposeLayer,
  DenseLayer,
  FlattenLayer,
  ImageShape,
  Layer,
  LayerNormLayer,
  ReshapeLayer,
  SharedLayer,
} from "../vae/layers.ts";
export type { ParameterValue, ParameterValues } from "../vae/parameters.ts";
