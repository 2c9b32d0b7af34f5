/** CIFAR-10, CIFAR-100 (Krizhevsky, 2009) and STL-10 (Coates et al., 2011) as their homes give them for C. */
import { join } from "node:path";
import { LatentboardError } from "../../errors.ts";
import type { ImageSet } from "../image_set.ts";
import type { ReadOptions } from "../options.ts";
import type { SourceParts } from "../parts.ts";
import { pixelSet, transposed } from "./values.ts";

interface BinaryFormat {
  /** What tells a folder of it. */
  readonly needs: readonly string[];
  read(folder: string, name: string, options: ReadOptions): Promise<SourceParts>;
}

const FORMATS: readonly BinaryFormat[] = [
  {
    needs: ["data_batch_1.bin", "test_batch.bin"],
    read: async (folder, name) => {
      const batches = await Promise.all([1, 2, 3, 4, 5].map((i) => readIfThere(join(folder, `data_batch_${i}.bin`))));
      const names = await linesOf(join(folder, "batches.meta.txt"));
      const read = (bytes: Uint8Array, from: string) => cifar(bytes, { name, from, labelBytes: 1, label: 0, names });
      return {
        train: read(concatenate(batches.filter((batch) => batch !== undefined)), folder),
        test: read(await Deno.readFile(join(folder, "test_batch.bin")), join(folder, "test_batch.bin")),
        notes: batches.every((batch) => batch !== undefined) ? [] : ["Not all five data_batch files are there"],
        skipped: [],
      };
    },
  },
  {
    needs: ["train.bin", "test.bin", "fine_label_names.txt"],
    read: async (folder, name, { labels }) => {
      const coarse = labels !== undefined && /coarse/i.test(labels);
      const names = await linesOf(join(folder, coarse ? "coarse_label_names.txt" : "fine_label_names.txt"));
      const read = async (file: string) => {
        const from = join(folder, file);
        return cifar(await Deno.readFile(from), { name, from, labelBytes: 2, label: coarse ? 0 : 1, names });
      };
      return {
        train: await read("train.bin"),
        test: await read("test.bin"),
        notes: coarse ? [] : ["The labels are the 100 fine ones; --labels coarse takes the 20 coarse ones"],
        skipped: [],
      };
    },
  },
  {
    needs: ["train_X.bin", "train_y.bin", "test_X.bin"],
    read: async (folder, name) => {
      const names = await linesOf(join(folder, "class_names.txt"));
      const read = async (part: string) => {
        const labels = await readIfThere(join(folder, `${part}_y.bin`));
        return stl(await Deno.readFile(join(folder, `${part}_X.bin`)), labels, {
          name,
          from: join(folder, `${part}_X.bin`),
          names,
        });
      };
      return { train: await read("train"), test: await read("test"), notes: [], skipped: [] };
    },
  },
];

/** The format of a folder with files of such names; undefined for any other. */
export function binaryFormatOf(names: readonly string[]): BinaryFormat | undefined {
  return FORMATS.find(({ needs }) => needs.every((name) => names.includes(name)));
}

interface Described {
  readonly name: string;
  readonly from: string;
  readonly names: readonly string[];
}

const CIFAR_PIXELS = 3 * 32 * 32;

function cifar(
  bytes: Uint8Array,
  about: Described & { readonly labelBytes: number; readonly label: number },
): ImageSet {
  const record = about.labelBytes + CIFAR_PIXELS;
  const count = wholeRecords(bytes, record, about.from);
  const images = new Uint8Array(count * CIFAR_PIXELS);
  for (let i = 0; i < count; i++) {
    images.set(bytes.subarray(i * record + about.labelBytes, (i + 1) * record), i * CIFAR_PIXELS);
  }
  const labels = Uint8Array.from({ length: count }, (_, i) => bytes[i * record + about.label]!);
  return pixelSet(images, { height: 32, width: 32, channels: 3, channelsFirst: true }, named(about, labels));
}

const STL_SIDE = 96;

/** Channel by channel, column by column; labels begin at 1. */
function stl(bytes: Uint8Array, ones: Uint8Array | undefined, about: Described): ImageSet {
  const count = wholeRecords(bytes, 3 * STL_SIDE * STL_SIDE, about.from);
  const labels = ones?.length === count ? ones.map((label) => label - 1) : undefined;
  return pixelSet(
    transposed(bytes, STL_SIDE, STL_SIDE),
    { height: STL_SIDE, width: STL_SIDE, channels: 3, channelsFirst: true },
    named(about, labels),
  );
}

function named({ name, names }: Described, labels: Uint8Array | undefined) {
  const fits = labels !== undefined && labels.every((label) => label < names.length);
  return { name, labels, ...(fits ? { labelNames: names } : {}) };
}

function wholeRecords(bytes: Uint8Array, record: number, from: string): number {
  const count = bytes.length / record;
  if (Number.isInteger(count) && count > 0) return count;
  throw new LatentboardError(
    "damaged",
    `Cannot read ${from}: ${bytes.length} bytes are no whole number of pictures of ${record}, so get it again`,
  );
}

async function linesOf(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return await Deno.readFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
