/** Reads the options of a command, each with its limits and a message that says what they are. */
import { LatentboardError } from "../../errors.ts";
import type { ParsedCommand } from "../../settings.ts";

type Options = ParsedCommand["options"];

/** The limits of a number; `min` is 0 by default. */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
}

/** @throws {LatentboardError} `invalid` when the option is not a whole number within its limits */
export function integerOption<F extends number | undefined>(
  options: Options,
  name: string,
  fallback: F,
  { min = 0, max = Infinity }: Limits = {},
): number | F {
  const value = (options[name] ?? fallback) as number | F;
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return value;
  throw invalid(name, `must be a whole number ${range(min, max)}: current value is ${value}`);
}

/** @throws {LatentboardError} `invalid` when the option is out of its limits */
export function numberOption(options: Options, name: string, fallback: number, limits: Limits = {}): number {
  const { min = 0, max = Infinity } = limits;
  const value = (options[name] ?? fallback) as number;
  if (value >= min && value <= max) return value;
  throw invalid(name, `must be a number ${range(min, max)}: current value is ${value}`);
}

export function stringOption(options: Options, name: string): string | undefined {
  return options[name] as string | undefined;
}

/** @throws {LatentboardError} `invalid` when the option is none of the choices */
export function choiceOption<T extends string, F extends T | undefined>(
  options: Options,
  name: string,
  choices: readonly T[],
  fallback: F,
): T | F {
  const value = (options[name] ?? fallback) as T | F;
  if (value === undefined || choices.includes(value)) return value;
  throw invalid(name, `must be one of ${choices.join(", ")}: current value is "${value}"`);
}

/** The values of a list option; undefined where it was not given. */
export function listOption(options: Options, name: string): readonly string[] | undefined {
  return options[name] as readonly string[] | undefined;
}

/**
 * A list of whole numbers.
 *
 * @throws {LatentboardError} `invalid` when one is not a whole number within the limits
 */
export function integersOption(options: Options, name: string, limits: Limits = {}): number[] | undefined {
  return listOption(options, name)?.map((part) => integerOption({ [name]: Number(part) }, name, NaN, limits));
}

/** @throws {LatentboardError} `invalid` when the first argument without dashes is missing */
export function requiredArgument(rest: readonly string[], what: string): string {
  const [first] = rest;
  if (first !== undefined) return first;
  throw new LatentboardError("invalid", `${what} is missing: see --help`, { field: what });
}

/** @throws {LatentboardError} `invalid` when there are more arguments than a command takes */
export function refuseExtraArguments(rest: readonly string[], count: number): void {
  const extra = rest[count];
  if (extra === undefined) return;
  throw new LatentboardError("invalid", `Unknown argument "${extra}": options start with --, see --help`);
}

function range(min: number, max: number): string {
  return max === Infinity ? `from ${min}` : `from ${min} to ${max}`;
}

function invalid(name: string, fault: string): LatentboardError {
  return new LatentboardError("invalid", `--${name} ${fault}`, { field: name });
}
