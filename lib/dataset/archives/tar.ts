/** Tar archives, gzipped or not, and WebDataset's shards of them. */
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { createTarDecoder } from "modern-tar";
import { LatentboardError } from "../../errors.ts";
import { MAX_FILE_BYTES, type SourceFile } from "../pictures/files.ts";
import type { PassingFile } from "./spool.ts";

/** Whether a name is that of a tar archive. */
export const TAR = /\.(tar|tar\.gz|tgz)$/i;

/** Sidecars of WebDataset that give a sample's label. */
const SIDECAR = /\.(cls|json)$/i;
const JSON_LABELS = ["label", "class", "category", "target"] as const;

/**
 * The files of tar archives, in order. In WebDataset's shards, `0001.cls` or `0001.json` labels `0001.jpg`.
 *
 * @param paths the archives; with several, the archive's place comes first in each path
 * @throws {LatentboardError} kind `damaged` when an archive is cut short or none
 */
export async function* filesOfTars(paths: readonly string[]): AsyncGenerator<PassingFile> {
  for (const [i, path] of paths.entries()) {
    const prefix = paths.length > 1 ? `${String(i).padStart(6, "0")}/` : "";
    let sample: PassingFile[] = [];
    for await (const file of entriesOf(path)) {
      if (sample.length > 0 && keyOf(sample[0]!.path) !== keyOf(file.path)) {
        yield* labelled(sample, prefix);
        sample = [];
      }
      sample.push(file);
    }
    yield* labelled(sample, prefix);
  }
}

/** `folder/0001` of `folder/0001.left.jpg`, as WebDataset groups files. */
function keyOf(path: string): string {
  const slash = path.lastIndexOf("/");
  const dot = path.indexOf(".", slash + 2);
  return dot < 0 ? path : path.slice(0, dot);
}

function* labelled(sample: readonly PassingFile[], prefix: string): Generator<PassingFile> {
  const sidecar = sample.length > 1 ? sample.find(({ path }) => SIDECAR.test(path)) : undefined;
  const label = sidecar && labelIn(sidecar);
  for (const { path, bytes } of sample) {
    if (SIDECAR.test(path) && sample.length > 1) continue;
    yield { path: `${prefix}${path}`, bytes, label };
  }
}

function labelIn({ path, bytes }: PassingFile): string | undefined {
  const text = new TextDecoder().decode(bytes).trim();
  if (/\.cls$/i.test(path)) return text;
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const key = JSON_LABELS.find((name) => typeof value?.[name] === "string" || typeof value?.[name] === "number");
    return key && String(value[key]);
  } catch {
    return undefined; // some other file: the picture has no label
  }
}

async function* entriesOf(path: string): AsyncGenerator<PassingFile> {
  const packed = createReadStream(path);
  const plain = /z$/i.test(path) ? packed.pipe(createGunzip()) : packed;
  packed.on("error", (error) => plain.destroy(error));
  try {
    const entries = (Readable.toWeb(plain) as ReadableStream<Uint8Array>).pipeThrough(
      createTarDecoder({ strict: true }),
    );
    for await (const { header, body } of entries) {
      const isFile = header.type === "file" || header.type === undefined;
      if (!isFile || header.size > MAX_FILE_BYTES) {
        await body.cancel();
        continue;
      }
      const bytes = new Uint8Array(await new Response(body).arrayBuffer());
      if (bytes.length !== header.size) throw new Error("it is cut short");
      yield { path: header.name.replace(/^(\.?\/)+/, ""), bytes };
    }
  } catch (cause) {
    if (cause instanceof LatentboardError) throw cause;
    throw new LatentboardError("damaged", `Cannot read ${path} as a tar archive: it is none, cut short or damaged`, {
      cause,
    });
  } finally {
    packed.destroy();
  }
}

/** Changes whenever one of the files does. */
export async function versionOf(paths: readonly string[]): Promise<SourceFile["version"]> {
  const infos = await Promise.all(paths.map((path) => Deno.stat(path)));
  return infos.map(({ size, mtime }) => `${size}-${mtime?.getTime() ?? 0}`).join("/");
}
