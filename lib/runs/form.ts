/** What the settings of a run can be: the configuration's schema for a form, presets, and YAML both ways. */
import { stringify } from "yaml";
import { z } from "zod";
import { LatentboardError } from "../errors.ts";
import type { ConfigRequest, ConfigResponse, TrainingForm, TrainingPreset } from "../protocol_runs.ts";
import { type ConfigValues, parseConfig } from "../vae/config.ts";
import { describeSchema } from "../vae/config_help.ts";
import { configSchema, type TrainingConfig } from "../vae/config_schema.ts";

interface PresetValues extends Omit<TrainingPreset, "config"> {
  readonly values: ConfigValues;
}

const PRESETS: readonly PresetValues[] = [
  {
    name: "quick",
    title: "Quick look",
    description: "Small and fast: shows within a minute or so what your pictures give.",
    values: {
      architecture: { kind: "conv", filters: [16, 32], hidden: [128] },
      latentDim: 8,
      epochs: 5,
      optimizer: { learningRate: 2e-3 },
    },
  },
  {
    name: "good",
    title: "Good",
    description: "What most pictures need: more to remember with, and more rounds through the pictures.",
    values: {
      architecture: { kind: "conv", filters: [32, 64], hidden: [256] },
      latentDim: 16,
      epochs: 30,
      schedule: { kind: "cosine", floor: 0.05 },
      objective: { warmup: { kind: "linear", epochs: 3 } },
      earlyStopping: { patience: 8 },
    },
  },
  {
    name: "best",
    title: "Best",
    description: "The finest pictures: three times as large, many rounds, for a night.",
    values: {
      architecture: { kind: "conv", filters: [32, 64, 128], hidden: [512], activation: "silu" },
      latentDim: 32,
      epochs: 100,
      schedule: { kind: "cosine", floor: 0.02, warmupSteps: 200 },
      objective: { warmup: { kind: "linear", epochs: 5 } },
      optimizer: { clipNorm: 100 },
      emaDecay: 0.999,
      earlyStopping: { patience: 15 },
    },
  },
];

/** What a form for the settings is made of. */
export function trainingForm(): TrainingForm {
  const { $schema: _, ...schema } = z.toJSONSchema(configSchema, { io: "input" });
  return {
    schema: describeSchema(schema),
    defaults: { ...parseConfig({}) },
    presets: PRESETS.map(({ values, ...preset }) => ({ ...preset, config: { ...parseConfig(values) } })),
  };
}

/**
 * Reads a configuration in either form.
 *
 * @throws {LatentboardError} `invalid`, naming the key, its value and what is allowed
 */
export function readConfig({ config: values, yaml }: ConfigRequest): TrainingConfig {
  if ((values === undefined) === (yaml === undefined)) {
    throw new LatentboardError("invalid", "Give either config or yaml", { field: "config" });
  }
  return parseConfig(yaml ?? values!);
}

/**
 * Resolves a configuration.
 *
 * @returns it in both forms
 * @throws {LatentboardError} `invalid`, naming the key, its value and what is allowed
 */
export function resolveConfig(request: ConfigRequest): ConfigResponse {
  const config = { ...readConfig(request) };
  return { config, yaml: stringify(config) };
}
