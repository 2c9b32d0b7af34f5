/** What keys of a configuration may be; every fault's message says what is allowed. */
import { z } from "zod";

/** No limit. */
export const MAX = Number.MAX_SAFE_INTEGER;

/** A whole number of a range. */
export function whole(minimum: number, maximum: number) {
  const error = maximum === MAX
    ? `it must be a whole number from ${minimum}`
    : `it must be a whole number from ${minimum} to ${maximum}`;
  return z.number({ error }).int({ error }).min(minimum, { error }).max(maximum, { error });
}

/** A number of a closed range. */
export function between(minimum: number, maximum: number) {
  const error = `it must be a number from ${minimum} to ${maximum}`;
  return z.number({ error }).min(minimum, { error }).max(maximum, { error });
}

/** A number of at least `minimum`; above it where `open`. */
export function atLeast(minimum: number, open = false) {
  const error = `it must be a number ${open ? "above" : "of at least"} ${minimum}`;
  const base = z.number({ error });
  return open ? base.gt(minimum, { error }) : base.min(minimum, { error });
}

/** One of some names or numbers. */
export function oneOf<const T extends readonly (string | number)[]>(...names: T) {
  return z.literal(names, { error: `it must be ${names.length === 1 ? "" : "one of "}${names.join(", ")}` });
}

/** A text that is not empty. */
export function text(error: string) {
  return z.string({ error }).min(1, { error });
}

/** A list of sizes of layers. */
export function sizes(what: string, minimum: number, maximum: number) {
  const error = `it must be a list of ${minimum} to ${maximum} ${what}, such as [32, 64]`;
  return z.array(whole(1, 4096), { error }).min(minimum, { error }).max(maximum, { error });
}
