/** How `train` and `data` read pictures: the same options, limits and defaults. */
import { MAX_IMAGE_SIZE, MIN_IMAGE_SIZE } from "../../protocol_runs.ts";
import { LatentboardError } from "../../errors.ts";
import type { OptionSpec, ParsedCommand } from "../../settings.ts";
import { stringOption } from "./options.ts";

/** Options of every command that reads pictures as they are to be learned. */
export const SOURCE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  "image-size": {
    kind: "number",
    value: "<pixels>",
    help: `width and height, ${MIN_IMAGE_SIZE} to ${MAX_IMAGE_SIZE}`,
    default: "the pictures' own",
  },
  channels: { kind: "number", value: "1|3", help: "1 for grey, 3 for colour", default: "the pictures' own" },
  fit: { kind: "string", value: "cover|contain", help: "crop to a square, or add margins", default: "by their shape" },
  labels: { kind: "string", value: "<file>:<column>", help: "labels from a table beside the pictures" },
  range: {
    kind: "string",
    value: "<black>,<white>",
    help: "what arrays hold, such as --range=-1,1",
    default: "as found",
  },
};

/**
 * The range of `--range`.
 *
 * @throws {LatentboardError} `invalid` when it is not two numbers
 */
export function rangeOption(options: ParsedCommand["options"]): [black: number, white: number] | undefined {
  const text = stringOption(options, "range");
  if (text === undefined) return undefined;
  const [black, white, ...rest] = text.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
  if (rest.length === 0 && Number.isFinite(black) && Number.isFinite(white)) return [black!, white!];
  throw new LatentboardError(
    "invalid",
    `--range must be two numbers such as --range=-1,1: current value is "${text}"`,
    {
      field: "range",
    },
  );
}
