import { join } from "node:path";
import sharp from "sharp";
import { encodePng } from "../../lib/imaging/mod.ts";

/** A PNG of one colour (or grey). */
export function plainPng(colour: readonly number[], width = 8, height = width): Uint8Array {
  const data = Uint8Array.from({ length: width * height * colour.length }, (_, i) => colour[i % colour.length]!);
  return encodePng({ width, height, channels: colour.length as 1 | 3 | 4, data });
}

/** A picture of one colour as another type. */
export async function plainAs(type: "jpeg" | "webp", colour: readonly number[], side = 8): Promise<Uint8Array> {
  return new Uint8Array(await sharp(plainPng(colour, side)).toFormat(type, { quality: 100 }).toBuffer());
}

/** Writes files by path; folders are made. */
export async function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await Deno.mkdir(join(folder, path, ".."), { recursive: true });
    await Deno.writeFile(join(folder, path), typeof content === "string" ? new TextEncoder().encode(content) : content);
  }
}

/** `count` small pictures of slightly different greys. */
export function manyPngs(count: number, under = ""): Record<string, Uint8Array> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${under}${String(i).padStart(4, "0")}.png`, plainPng([i, i, 200])]),
  );
}

/** The header of a PNG that would be 14,000 pixels square, and nothing else of it. */
export function bombHeader(): Uint8Array {
  const png = plainPng([0]);
  new DataView(png.buffer).setUint32(16, 14_000);
  new DataView(png.buffer).setUint32(20, 14_000);
  return png;
}
