/** Reads the options of a command, each with its limits and a message that says what they are. */
import { LatentboardError } from "../../errors.ts";
import type { ParsedCommand } from "../../settings.ts";

type Options = ParsedCommand["options"];

/** The limits of a number. */
export interface Limits {
  /** The least that is allowed. */
  readonly least?: number;
  /** The most that is allowed. */
  readonly most?: number;
}

/**
 * A whole number.
 *
 * @throws {LatentboardError} `invalid` when it is not one, or out of its limits
 */
export function wholeOf(options: Options, name: string, fallback: number, { least = 0, most }: Limits = {}): number {
  const value = options[name] ?? fallback;
  if (Number.isInteger(value) && value as number >= least && value as number <= (most ?? Infinity)) {
    return value as number;
  }
  throw invalid(name, `must be a whole number ${range(least, most)}: current value is ${value}`);
}

/**
 * Any number.
 *
 * @throws {LatentboardError} `invalid` when it is out of its limits
 */
export function numberOf(options: Options, name: string, fallback: number, { least = 0, most }: Limits = {}): number {
  const value = options[name] as number | undefined ?? fallback;
  if (value >= least && value <= (most ?? Infinity)) return value;
  throw invalid(name, `must be a number ${range(least, most)}: current value is ${value}`);
}

/** A text, where it was given. */
export function textOf(options: Options, name: string): string | undefined {
  return options[name] as string | undefined;
}

/**
 * One of some words.
 *
 * @throws {LatentboardError} `invalid` when it is none of them
 */
export function choiceOf<T extends string>(options: Options, name: string, choices: readonly T[], fallback: T): T {
  const value = options[name] ?? fallback;
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw invalid(name, `must be one of ${choices.join(", ")}: current value is "${value}"`);
}

/**
 * Whole numbers separated by commas, where they were given.
 *
 * @throws {LatentboardError} `invalid` when one is not a whole number within the limits
 */
export function wholesOf(options: Options, name: string, limits: Limits = {}): number[] | undefined {
  const text = textOf(options, name);
  return text?.split(",").map((part) => {
    const value = part.trim() === "" ? NaN : Number(part);
    return wholeOf({ [name]: value }, name, value, limits);
  });
}

/**
 * Exactly one argument without dashes.
 *
 * @throws {LatentboardError} `invalid` when there is none
 */
export function firstOf(rest: readonly string[], what: string): string {
  const [first] = rest;
  if (first !== undefined) return first;
  throw new LatentboardError("invalid", `${what} is missing: see --help`, { field: what });
}

/**
 * Refuses arguments beyond those that a command takes.
 *
 * @throws {LatentboardError} `invalid` when there are more
 */
export function noMoreThan(rest: readonly string[], count: number): void {
  const extra = rest[count];
  if (extra === undefined) return;
  throw new LatentboardError("invalid", `Unknown argument "${extra}": options start with --, see --help`);
}

function range(least: number, most: number | undefined): string {
  return most === undefined ? `from ${least}` : `from ${least} to ${most}`;
}

function invalid(name: string, fault: string): LatentboardError {
  return new LatentboardError("invalid", `--${name} ${fault}`, { field: name });
}
