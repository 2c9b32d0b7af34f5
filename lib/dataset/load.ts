/** Datasets by name or path: found, read, fitted, split. */
import { LatentboardError } from "../errors.ts";
import { MAX_IMAGE_SIZE, MIN_IMAGE_SIZE } from "../protocol_runs.ts";
import { fitSet } from "./fit_set.ts";
import { type ImageSet, subset } from "./image_set.ts";
import type { LoadOptions } from "./options.ts";
import type { SkippedFile, SourceParts } from "./parts.ts";
import { describeSet, locate, readAbout, readParts } from "./sources.ts";
import { printable } from "./pictures/layout.ts";
import { ownShape } from "./pictures/shape.ts";
import { chooseClasses, MIN_PICTURES, splitPlaces } from "./split.ts";

/** Pictures to train on, and pictures that are held out. All parts have one shape and the same labels. */
export interface Dataset {
  readonly name: string;
  readonly train: ImageSet;
  /** Held-out pictures: what chooses an epoch or stops a run. */
  readonly validation: ImageSet;
  /** Whether they are the test pictures, for want of others: they may be measured on, but must choose nothing. */
  readonly validationIsTest: boolean;
  /** Test pictures, where the source has a part of its own. */
  readonly test?: ImageSet;
  readonly labelNames: readonly string[];
  readonly licence?: string;
  /** How pictures were made square, where they were not. */
  readonly fit?: "cover" | "contain";
  /** Where it is, unless it goes by a name. */
  readonly path?: string;
  /** What the person should know, a sentence each. */
  readonly notes: readonly string[];
  /** What is likely to waste a training, a sentence each. */
  readonly warnings: readonly string[];
  readonly skipped: readonly SkippedFile[];
  close(): void;
}

/** The share of training pictures held out where nothing else is asked for or known. */
const DEFAULT_HELD_OUT = 1 / 10;

/**
 * Loads a dataset.
 *
 * @param source `sample` (shipped), `fashion-mnist`, `emoji`, the name of a folder in the home's `datasets`, or a path: a
 *   folder or file of any kind in docs/data.md
 * @param options where things are, shape and split
 * @returns its parts; `close` it when done
 * @throws {LatentboardError} kind `not-found` when there is no such source, `invalid` when it holds too few pictures or
 *   an option doesn't fit, `damaged` or `unsupported` when it can't be read
 */
export async function loadDataset(source: string, options: LoadOptions): Promise<Dataset> {
  checkOptions(options);
  const found = await locate(source, options);
  const parts = await readParts(found, options);
  const about = await readAbout(found);
  const notes = [...parts.notes];
  const own = ownShape(parts.train);
  const fit = options.fit ?? parts.fit ?? own.fit;
  const imageSize = options.imageSize ?? own.size;
  const prepare = async (part: ImageSet) => {
    const set = describeSet(part, about);
    const chosen = options.classes === undefined ? set : chooseClasses(set, options.classes);
    return await fitSet(chosen, { ...options, imageSize, channels: options.channels ?? parts.train.channels, fit });
  };
  const whole = await prepare(parts.train);
  if (whole.count < MIN_PICTURES) {
    parts.train.close();
    throw new LatentboardError(
      "invalid",
      `Cannot train on the ${whole.count} pictures of ${found.path}: at least ${MIN_PICTURES} are needed, so add more`,
    );
  }
  const test = parts.test && await prepare(parts.test);
  const { train, validation } = await divide(
    whole,
    parts,
    { ...options, heldOut: found.known?.heldOut },
    prepare,
  );
  if (!parts.train.inMemory) {
    notes.push("The pictures are larger than the memory limit, so they are read from their file as they are needed");
  }
  return {
    name: found.name,
    train,
    validation,
    validationIsTest: options.validationFraction === 0 && parts.validation === undefined,
    ...(test === undefined ? {} : { test }),
    labelNames: train.labelNames,
    ...(train.licence === undefined ? {} : { licence: train.licence }),
    ...(found.isPath ? { path: found.path } : {}),
    ...(fit === undefined ? {} : { fit }),
    notes,
    warnings: parts.warnings ?? [],
    skipped: parts.skipped.map(({ file, reason }) => ({ file: printable(file), reason })),
    close: () => {
      for (const part of [parts.train, parts.validation, parts.test]) part?.close();
    },
  };
}

function checkOptions({ imageSize, validationFraction }: LoadOptions): void {
  if (
    imageSize !== undefined &&
    !(Number.isInteger(imageSize) && imageSize >= MIN_IMAGE_SIZE && imageSize <= MAX_IMAGE_SIZE)
  ) {
    throw new LatentboardError(
      "invalid",
      `The image size must be a whole number from ${MIN_IMAGE_SIZE} to ${MAX_IMAGE_SIZE}: it is ${imageSize}`,
      {
        field: "imageSize",
      },
    );
  }
  if (validationFraction !== undefined && !(validationFraction >= 0 && validationFraction < 1)) {
    throw new LatentboardError("invalid", `The held-out share must be from 0 to below 1: it is ${validationFraction}`, {
      field: "validationFraction",
    });
  }
}

async function divide(
  whole: ImageSet,
  parts: SourceParts,
  options: LoadOptions & { readonly heldOut: number | undefined },
  prepare: (set: ImageSet) => Promise<ImageSet>,
): Promise<{ train: ImageSet; validation: ImageSet }> {
  const { validationFraction, seed = 1, heldOut = DEFAULT_HELD_OUT } = options;
  const own = validationFraction === 0 ? parts.validation ?? parts.test : parts.validation;
  if (own !== undefined && (validationFraction === undefined || validationFraction === 0)) {
    return { train: whole, validation: await prepare(own) };
  }
  if (validationFraction === 0) {
    throw new LatentboardError(
      "invalid",
      "The held-out share can't be 0: these pictures have no test part that could take its place",
      { field: "validationFraction" },
    );
  }
  const fraction = validationFraction ?? heldOut;
  const places = splitPlaces(whole, { fraction, seed });
  return { train: subset(whole, places.train), validation: subset(whole, places.validation) };
}
