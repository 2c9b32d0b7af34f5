/** Which datasets are on this machine. */
import { join } from "node:path";
import { findFashionMnist } from "./fashion_mnist.ts";
import { PUBLIC_SETS } from "./public_sets.ts";

/** A dataset by name. */
export interface ListedDataset {
  /** What `loadDataset` takes. */
  readonly name: string;
  /** Where it is; absent where it isn't yet. */
  readonly path?: string;
  /** What it is, or how to get it. */
  readonly about: string;
}

/**
 * Lists the datasets that go by a name: those of ours, and every folder and file in the home's `datasets`.
 *
 * @param options the shipped data folder and the home
 */
export async function listDatasets(
  options: { readonly data: string; readonly home: string },
): Promise<ListedDataset[]> {
  const { data, home } = options;
  const fashion = await findFashionMnist({ home });
  const listed: ListedDataset[] = [
    {
      name: "sample",
      path: join(data, "fashion-mnist-sample"),
      about: "10,000 + 1,000 pictures of Fashion-MNIST's training part, shipped",
    },
    fashion === undefined
      ? { name: "fashion-mnist", about: `not here: get it with "deno task data"` }
      : { name: "fashion-mnist", path: fashion.folder, about: `60,000 + 10,000 pictures, from ${fashion.origin}` },
  ];
  const own: ListedDataset[] = [];
  const folder = join(home, "datasets");
  for (const name of await namesIn(folder)) {
    if (name === "fashion-mnist" || name.endsWith(".part")) continue;
    own.push({
      name,
      path: join(folder, name),
      about: name === "emoji" ? "64×64 colour pictures by Unicode group" : "",
    });
  }
  const known = new Set(own.map(({ name }) => name));
  for (const { name, about } of PUBLIC_SETS) {
    if (!known.has(name)) own.push({ name, about: `not here: get it with "deno task data get ${name}" (${about})` });
  }
  if (!known.has("emoji")) {
    own.push({ name: "emoji", about: `not here: make it with "deno task data emoji"` });
  }
  return [...listed, ...own];
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) if (!name.startsWith(".")) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // no dataset was put there yet
  }
  return names.sort();
}
