/** Saves 200 pictures, four at a time, to the home that is named, and writes each id once it is acknowledged. */
import { Gallery } from "../../lib/gallery/mod.ts";

const gallery = await Gallery.open({ home: Deno.args[0]! });
const encoder = new TextEncoder();
Deno.stdout.writeSync(encoder.encode("open\n"));
let number = 0;
await Promise.all(Array.from({ length: 4 }, async () => {
  while (number < 200) {
    const value = number++;
    const picture = { width: 8, height: 8, channels: 1 as const, pixels: new Uint8Array(64).fill(value) };
    const recipe = { model: "tiny", decoderSha256: "0".repeat(64), z: [value, 0.5] };
    const { id } = await gallery.save(picture, recipe, [`n${value}`]);
    Deno.stdout.writeSync(encoder.encode(`${id} ${value}\n`));
  }
}));
await new Promise(() => setInterval(() => {}, 1000)); // holds the home until it is killed
