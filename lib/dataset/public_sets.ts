/** The public datasets that people start with: where each comes from, and what may be done with it. */
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { LatentboardError } from "../errors.ts";
import { resolveUserPath } from "../settings.ts";
import { filesOfTars } from "./archives/tar.ts";
import { checksumOf, downloadFile, type DownloadOptions, type RemoteFile } from "./download.ts";
import { openZip } from "./zip.ts";

/** A dataset that can be fetched by name. */
export interface PublicSet {
  readonly name: string;
  readonly about: string;
  readonly licence: string;
  /** The address that each file's name is put to, tried in order. */
  readonly homes: readonly string[];
  readonly files: readonly (RemoteFile & {
    /** Its address where the name alone doesn't make it. */
    readonly url?: string;
    /** What is unpacked of it, and where to: undefined leaves a member out. Kept packed where absent. */
    readonly unpack?: (member: string) => string | undefined;
  })[];
  /** What is to be done before it can be trained on. */
  readonly next?: string;
}

const MNIST_NAMES = [
  "train-images-idx3-ubyte.gz",
  "train-labels-idx1-ubyte.gz",
  "t10k-images-idx3-ubyte.gz",
  "t10k-labels-idx1-ubyte.gz",
];
const mnistFiles = (files: readonly (readonly [bytes: number, sha256: string])[]) =>
  files.map(([bytes, sha256], i) => ({ name: MNIST_NAMES[i]!, bytes, checksum: `sha256:${sha256}` }));

/** The path below the first folder of an archive. */
const below = (member: string) => member.slice(member.indexOf("/") + 1) || undefined;
const drive = (id: string) => `https://drive.usercontent.google.com/download?id=${id}&export=download&confirm=t`;

/** By name. */
export const PUBLIC_SETS: readonly PublicSet[] = [
  {
    name: "mnist",
    about: "60,000 + 10,000 grey digits, 28×28",
    licence: "CC BY-SA 3.0, Yann LeCun and Corinna Cortes",
    homes: ["https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"],
    files: mnistFiles([
      [9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"],
      [28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"],
      [1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"],
      [4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"],
    ]),
  },
  {
    name: "kmnist",
    about: "60,000 + 10,000 grey Japanese characters, 28×28",
    licence: "CC BY-SA 4.0, ROIS-DS Center for Open Data in the Humanities",
    homes: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
    files: mnistFiles([
      [18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"],
      [29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"],
      [3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"],
      [5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"],
    ]),
  },
  {
    name: "emnist",
    about: "grey letters and digits, 28×28, in six sets: balanced, byclass, bymerge, digits, letters, mnist",
    licence: "public domain, NIST Special Database 19 (Cohen et al., 2017)",
    homes: ["https://biometrics.nist.gov/cs_links/EMNIST/", "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/"],
    files: [{
      name: "gzip.zip",
      bytes: 561_753_746,
      checksum: "sha256:fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
      unpack: (member) => {
        const set = /emnist-([a-z]+)-(train|test)-(images|labels)-idx\d-ubyte\.gz$/.exec(member);
        return set === null ? undefined : `${set[1]}/${set[0]}`;
      },
    }],
    next: "Each of its sets has a folder of its own: train on --data <home>/datasets/emnist/letters, for example",
  },
  {
    name: "omniglot",
    about: "24,120 + 13,180 black characters of 50 alphabets, 105×105",
    licence: "MIT, Brenden Lake",
    homes: ["https://github.com/brendenlake/omniglot/raw/master/python/"],
    files: [
      {
        name: "images_background.zip",
        bytes: 9_464_212,
        checksum: "sha256:ad41ab679c8b5d90b271ef46be6987cc81211774a695c29dcc5367b2b26ee640",
        unpack: (member) => `train/${below(member)}`,
      },
      {
        name: "images_evaluation.zip",
        bytes: 6_462_886,
        checksum: "sha256:1f61a8f3366785b057fc117d9228e78a16e3d976c8953b2a10fcc74cf0609cee",
        unpack: (member) => `test/${below(member)}`,
      },
    ],
  },
  {
    name: "dsprites",
    about: "737,280 black shapes with their factors, 64×64",
    licence: "Apache 2.0, Google DeepMind",
    homes: ["https://github.com/google-deepmind/dsprites-dataset/raw/master/"],
    files: [{
      name: "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz",
      bytes: 64 << 20,
      isLimit: true,
      checksum: "md5:7da33b31b13a06f4b04a70402ce90c2e",
    }],
  },
  {
    name: "3dshapes",
    about: "480,000 coloured scenes with their factors, 64×64",
    licence: "Apache 2.0, Google DeepMind",
    homes: ["https://storage.googleapis.com/3d-shapes/"],
    files: [{
      name: "3dshapes.h5",
      bytes: 267_573_662,
      checksum: "sha256:0a0f6ed98baff276a50f3a081a7434d788da63cb135a98189b2a5b5769be1785",
    }],
    next: "It is an HDF5 file: deno task data check 3dshapes prints the line of Python that converts it",
  },
  {
    name: "cifar10",
    about: "50,000 + 10,000 coloured photos of ten classes, 32×32",
    licence: "none stated, Alex Krizhevsky (2009)",
    homes: ["https://www.cs.toronto.edu/~kriz/"],
    files: [{
      name: "cifar-10-binary.tar.gz",
      bytes: 170_052_171,
      checksum: "sha256:c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
      unpack: below,
    }],
  },
  {
    name: "celeba",
    about: "202,599 coloured faces, aligned, 178×218, with 40 attributes",
    licence: "for research that is not commercial, Liu et al. (2015)",
    homes: [],
    files: [
      {
        name: "img_align_celeba.zip",
        bytes: 1_443_490_838,
        checksum: "sha256:46fb89443c578308acf364d7d379fe1b9efb793042c0af734b6112e4fd3a8c74",
        url: drive("0B7EVK8r0v71pZjFTYXZWM3FlRnM"),
        unpack: (member) => member,
      },
      {
        name: "list_attr_celeba.txt",
        bytes: 26_721_026,
        checksum: "sha256:f0e5da289d5ccf75ffe8811132694922b60f2af59256ed362afa03fefba324d0",
        url: drive("0B7EVK8r0v71pblRyaVFSWGxPY0U"),
      },
    ],
    next: "Choose an attribute as labels with --labels list_attr_celeba.txt:Smiling, for example",
  },
  {
    name: "afhq",
    about: "15,803 coloured photos of cats, dogs and wild animals, 512×512",
    licence: "CC BY-NC 4.0, NAVER Corp.",
    homes: [],
    files: [{
      name: "afhq.zip",
      bytes: 729_484_677,
      checksum: "sha256:7f63dcc14ef58c0e849b59091287e1844da97016073aac20403ae6c6132b950f",
      url: "https://www.dropbox.com/s/t9l9o3vsx2jai3z/afhq.zip?dl=1",
      unpack: below,
    }],
  },
];

/** What fetching a set needs. */
export interface GetPublicOptions extends DownloadOptions {
  readonly home: string;
  /** A mirror: an address that file names are put to, or a folder that holds the files. */
  readonly from?: string | undefined;
  /** The sets that there are; those of this file by default. */
  readonly sets?: readonly PublicSet[];
}

/**
 * Fetches a public dataset into `<home>/datasets/<name>`, where `train --data <name>` finds it. Every file's checksum is
 * verified, wherever it comes from; what is interrupted goes on where it was.
 *
 * @returns the folder, and the set's description
 * @throws {LatentboardError} kind `not-found` for another name or a file that a folder lacks, `damaged` when a checksum
 *   differs, `unavailable` when no home can be reached
 */
export async function getPublicSet(
  name: string,
  options: GetPublicOptions,
): Promise<{ folder: string; set: PublicSet }> {
  const { home, sets = PUBLIC_SETS } = options;
  const set = sets.find((candidate) => candidate.name === name);
  if (set === undefined) {
    const names = ["fashion-mnist", ...sets.map((known) => known.name)].join(", ");
    throw new LatentboardError("not-found", `There is no dataset "${name}" to get: choose from ${names}`);
  }
  const folder = join(home, "datasets", name);
  if (await Deno.stat(folder).then(() => true, () => false)) return { folder, set };
  const downloads = join(home, "cache", "downloads", name);
  await Deno.mkdir(downloads, { recursive: true });
  for (const file of set.files) await fetchFile(set, file, join(downloads, file.name), options);
  const unpacked = `${folder}.${crypto.randomUUID()}.part`;
  try {
    await Deno.mkdir(unpacked, { recursive: true });
    for (const file of set.files) await place(join(downloads, file.name), unpacked, file.unpack, options);
    await Deno.writeTextFile(join(unpacked, "LICENSE"), `${set.licence}\n`);
    await Deno.rename(unpacked, folder);
  } catch (error) {
    await Deno.remove(unpacked, { recursive: true }).catch(() => {});
    throw error;
  }
  await Deno.remove(downloads, { recursive: true });
  return { folder, set };
}

type SetFile = PublicSet["files"][number];

async function fetchFile(set: PublicSet, file: SetFile, path: string, options: GetPublicOptions): Promise<void> {
  if (await Deno.stat(path).then(() => true, () => false) && await checksumOf(path, file.checksum) === file.checksum) {
    return;
  }
  const { from } = options;
  if (from !== undefined && !/^https?:/.test(from)) {
    const source = join(resolveUserPath(from), file.name);
    const found = await checksumOf(source, file.checksum).catch((cause) => {
      throw new LatentboardError("not-found", `Cannot read ${source}: the folder must hold ${file.name}`, { cause });
    });
    if (found !== file.checksum) {
      throw new LatentboardError(
        "damaged",
        `${source} has the checksum ${found.slice(0, 19)}… instead of ${file.checksum.slice(0, 19)}…`,
      );
    }
    return await Deno.copyFile(source, path);
  }
  const urls = from !== undefined
    ? [new URL(file.name, from.endsWith("/") ? from : `${from}/`).href]
    : file.url !== undefined
    ? [file.url]
    : set.homes.map((base) => new URL(file.name, base).href);
  const faults: LatentboardError[] = [];
  for (const url of urls) {
    try {
      return await downloadFile(url, path, file, options);
    } catch (error) {
      if (!(error instanceof LatentboardError)) throw error;
      faults.push(error);
    }
  }
  throw faults.at(-1)!;
}

/** Puts a file into the set's folder: as it is, or what is wanted of an archive. */
async function place(
  path: string,
  folder: string,
  unpack: SetFile["unpack"],
  { onProgress, signal }: GetPublicOptions,
): Promise<void> {
  if (unpack === undefined) return await Deno.rename(path, join(folder, basename(path)));
  let done = 0;
  const targetOf = async (member: string): Promise<string | undefined> => {
    signal?.throwIfAborted();
    const wanted = unpack(member);
    if (wanted === undefined || wanted.split("/").some((part) => part === ".." || part === "")) return undefined;
    const target = join(folder, wanted);
    await Deno.mkdir(dirname(target), { recursive: true });
    onProgress?.({ what: `unpacking ${basename(path)}`, done: ++done, total: done });
    return target;
  };
  if (!/\.zip$/i.test(path)) {
    for await (const { path: member, bytes } of filesOfTars([path])) {
      const target = await targetOf(member);
      if (target !== undefined) await Deno.writeFile(target, bytes);
    }
    return;
  }
  const archive = await openZip(path);
  try {
    for (const entry of archive.entries) {
      const target = await targetOf(entry.name);
      if (target !== undefined) await pipeline(Readable.from(entry.stream()), createWriteStream(target));
    }
  } finally {
    archive.close();
  }
}
