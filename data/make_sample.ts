// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/**
 * Draws data/fashion-mnist-sample from the training pictures of Fashion-MNIST:
 *
 *     deno run -A data/make_sample.ts /usr/share/datasets/fashion-mnist
 *
 * The draw is seeded and balanced by label. Training and held-out pictures are different ones, all of them from the
 * 60,000 training pictures, so that the 10,000 test pictures stay unseen. Running it again writes the same bytes.
 */
import { gzipSync } from "node:zlib";
import { encodeIdx, parseIdx } from "../lib/dataset/arrays/idx.ts";
import { RandomStream, RandomUse } from "../lib/dataset/random.ts";

const SEED = 1;
const LABELS = 10;
const TRAINING_A_LABEL = 1000;
const HELD_OUT_A_LABEL = 100;

const [source] = Deno.args;
if (source === undefined) {
  console.error("Name the folder with the four files of Fashion-MNIST");
  Deno.exit(2);
}
const target = new URL("fashion-mnist-sample/", import.meta.url);
const images = parseIdx(await Deno.readFile(`${source}/train-images-idx3-ubyte.gz`), "train-images-idx3-ubyte.gz");
const labels = parseIdx(await Deno.readFile(`${source}/train-labels-idx1-ubyte.gz`), "train-labels-idx1-ubyte.gz");

const random = new RandomStream(SEED, RandomUse.split);
const training: number[] = [];
const heldOut: number[] = [];
for (let label = 0; label < LABELS; label++) {
  const places = Uint32Array.from([...labels.data.keys()].filter((place) => labels.data[place] === label));
  const drawn = [...random.shuffle(places)];
  training.push(...drawn.slice(0, TRAINING_A_LABEL));
  heldOut.push(...drawn.slice(TRAINING_A_LABEL, TRAINING_A_LABEL + HELD_OUT_A_LABEL));
}
await write("train", training);
await write("validation", heldOut);

async function write(part: string, places: readonly number[]): Promise<void> {
  const order = random.shuffle(Uint32Array.from(places));
  const [, height, width] = images.shape as [number, number, number];
  const pixels = new Uint8Array(order.length * height * width);
  for (const [i, place] of order.entries()) {
    pixels.set(images.data.subarray(place * height * width, (place + 1) * height * width), i * height * width);
  }
  const files = {
    [`${part}-images-idx3-ubyte.gz`]: { shape: [order.length, height, width], data: pixels },
    [`${part}-labels-idx1-ubyte.gz`]: {
      shape: [order.length],
      data: Uint8Array.from(order, (place) => labels.data[place]!),
    },
  };
  for (const [name, array] of Object.entries(files)) {
    await Deno.writeFile(new URL(name, target), gzipSync(encodeIdx(array), { level: 9 }));
  }
  console.log(`${part}: ${order.length} pictures`);
}
