/** The weights of a model in training, with what the optimizer remembers of them and their running averages. */
import { LatentboardError } from "../errors.ts";
import type { Variable } from "../tensorflow/mod.ts";
import { makeVariable, readVariable, writeVariable } from "./engine.ts";
import { type Optimizer, slotNames } from "./optimizers.ts";
import type { NamedTensor } from "./safetensors.ts";

/** Values of parameters by name. */
export type Values = Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/** How a model's state is laid out. */
export interface StateOptions {
  /** Decides what is remembered of each weight. */
  readonly optimizer: Optimizer;
  /** Whether running averages of the weights are kept. */
  readonly average: boolean;
}

/** All variables of a model in training. */
export class ModelState {
  /** The parameters' names, sorted. */
  readonly names: readonly string[];
  /** The weights, in the order of the names. */
  readonly weights: readonly Variable[];
  /** For each weight what the optimizer remembers of it. */
  readonly slots: readonly (readonly Variable[])[];
  /** The running averages of the weights, where they are kept. */
  readonly averages: readonly Variable[] | undefined;
  readonly #variables: ReadonlyMap<string, Variable>;

  /**
   * Puts first values into variables; the optimizer's slots start at 0, the averages at the weights.
   *
   * @param values the parameters' first values
   * @param options the optimizer, and whether averages are kept
   */
  constructor(values: Values, options: StateOptions) {
    const kinds = slotNames(options.optimizer);
    const variables = new Map<string, Variable>();
    const make = (key: string, value: NamedTensor) => {
      const variable = makeVariable(key, value);
      variables.set(key, variable);
      return variable;
    };
    this.names = Object.keys(values).sort();
    this.weights = this.names.map((name) => make(`parameters/${name}`, values[name]!));
    this.slots = this.names.map((name) => {
      const { shape, data } = values[name]!;
      return kinds.map((kind) => make(`optimizer.${kind}/${name}`, { shape, data: new Float32Array(data.length) }));
    });
    this.averages = options.average ? this.names.map((name) => make(`average/${name}`, values[name]!)) : undefined;
    this.#variables = variables;
  }

  /** How many numbers the parameters hold together. */
  get parameterCount(): number {
    return this.weights.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  }

  /** Copies everything out, by the names that checkpoints use. */
  save(): Record<string, NamedTensor> {
    return Object.fromEntries([...this.#variables].map(([key, variable]) => [key, readVariable(variable)]));
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

  /** The parameters to judge and to export: the running averages where they are kept, the weights otherwise. */
  values(): Values {
    const source = this.averages ?? this.weights;
    return Object.fromEntries(this.names.map((name, index) => [name, readVariable(source[index]!) as Values[string]]));
  }

  /** Frees all variables. */
  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
  }
}

/**
 * The parameters to judge and to export, out of a checkpoint's tensors.
 *
 * @param tensors as {@linkcode ModelState.save} gave them
 * @returns the running averages where they were kept, the weights otherwise
 */
export function valuesOf(tensors: Readonly<Record<string, NamedTensor>>): Values {
  const prefix = Object.keys(tensors).some((key) => key.startsWith("average/")) ? "average/" : "parameters/";
  return Object.fromEntries(
    Object.entries(tensors).filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value as Values[string]]),
  );
}

/**
 * Whether every number of some tensors is finite.
 *
 * @param tensors any tensors
 */
export function allFinite(tensors: Readonly<Record<string, NamedTensor>>): boolean {
  // A sum is finite only if all its terms are, and much quicker than asking each: float32 terms can't overflow a double.
  return Object.values(tensors).every(({ data }) => {
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += data[i]!;
    return Number.isFinite(sum);
  });
}
