/** The weights of a model in training, with the optimizer's slots and their exponential moving averages (EMA). */
import { LatentboardError } from "../errors.ts";
import type { Variable } from "../tensorflow/mod.ts";
import type { OptimizerConfig } from "../vae/config_schema.ts";
import { product } from "../vae/layers.ts";
import type { ParameterValues } from "../vae/parameters.ts";
import { slotNames } from "./optimizers.ts";
import type { NamedTensor } from "./safetensors.ts";
import { makeVariable, readVariable, writeVariable } from "./variables.ts";

/** How a model's state is laid out. */
export interface StateOptions {
  readonly optimizer: OptimizerConfig;
  readonly ema: boolean;
  /** Parameters without a gradient, such as the running statistics of a normalisation. */
  readonly fixed?: ReadonlySet<string>;
}

/** One parameter in training. */
export interface Parameter {
  readonly name: string;
  readonly weight: Variable;
  /** The optimizer's; undefined where the parameter has no gradient. */
  readonly slots: readonly Variable[] | undefined;
  /** Where EMA weights are kept. */
  readonly ema: Variable | undefined;
}

/** All variables of a model in training. */
export class ModelState {
  /** The parameters, sorted by name. */
  readonly parameters: readonly Parameter[];
  readonly #variables = new Map<string, Variable>();

  /**
   * Puts first values into variables; the optimizer's slots start at 0, the EMA weights at the weights.
   *
   * @param values the parameters' first values
   */
  constructor(values: ParameterValues, options: StateOptions) {
    const kinds = slotNames(options.optimizer);
    const make = (key: string, value: NamedTensor) => {
      const variable = makeVariable(key, value);
      this.#variables.set(key, variable);
      return variable;
    };
    this.parameters = Object.keys(values).sort().map((name) => {
      const value = values[name]!;
      const zero = { shape: value.shape, data: new Float32Array(value.data.length) };
      return {
        name,
        weight: make(`parameters/${name}`, value),
        slots: options.fixed?.has(name) ? undefined : kinds.map((kind) => make(`optimizer.${kind}/${name}`, zero)),
        ema: options.ema ? make(`average/${name}`, value) : undefined, // checkpoints keep the key
      };
    });
  }

  /** How many numbers the parameters hold together. */
  get parameterCount(): number {
    return this.parameters.reduce((sum, { weight: { shape } }) => sum + product(shape), 0);
  }

  /** Copies everything out, by the names that checkpoints use. */
  save(): Promise<Record<string, NamedTensor>> {
    return readAll(this.#variables);
  }

  /**
   * Puts back what {@linkcode ModelState.save} gave.
   *
   * @throws {LatentboardError} kind `damaged` when a tensor is missing or has another shape: the checkpoint is of
   * another configuration
   */
  restore(tensors: Readonly<Record<string, NamedTensor>>): void {
    for (const [key, variable] of this.#variables) {
      const tensor = tensors[key];
      if (tensor === undefined || String(tensor.shape) !== String(variable.shape)) {
        throw new LatentboardError(
          "damaged",
          `The checkpoint does not fit its run's configuration: ${key} ` +
            (tensor === undefined ? "is missing" : `has shape [${tensor.shape}] where [${variable.shape}] is needed`),
        );
      }
    }
    for (const [key, variable] of this.#variables) writeVariable(variable, tensors[key]!);
  }

  /** The parameters to evaluate and to export: the EMA weights where they are kept. */
  async values(): Promise<ParameterValues> {
    const shown = this.parameters.map(({ name, weight, ema }) => [name, ema ?? weight] as const);
    return await readAll(shown) as ParameterValues;
  }

  /** Frees all variables. */
  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
  }
}

/** Copies variables out, all at once: a graphics card computes only while it is awaited. */
async function readAll(variables: Iterable<readonly [string, Variable]>): Promise<Record<string, NamedTensor>> {
  const read = [...variables].map(async ([name, variable]) => [name, await readVariable(variable)] as const);
  return Object.fromEntries(await Promise.all(read));
}

/** Whether every number of some tensors is finite. */
export function allFinite(tensors: Readonly<Record<string, NamedTensor>>): boolean {
  // A sum is finite only if all its terms are, and much quicker than asking each: float32 terms can't overflow a double.
  return Object.values(tensors).every(({ data }) => {
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += data[i]!;
    return Number.isFinite(sum);
  });
}
