import { assert, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { LatentboardError } from "../../lib/errors.ts";
import { latentFilm, latentScatter, readSnapshots, reconstructionFilm } from "../../lib/evaluation/mod.ts";
import { writeSnapshots } from "./_snapshots.ts";
import { inFolder } from "../fixtures/folder.ts";

Deno.test("readSnapshots() reads a run's epochs in order, none where there are none, and names a damaged one", () =>
  inFolder(async (run) => {
    assertEquals(await readSnapshots(run), []);
    await writeSnapshots(run, [10, 2, 1]);
    const snapshots = await readSnapshots(run);
    assertEquals(snapshots.map(({ epoch }) => epoch), [1, 2, 10]);
    const { dimensions, image, labelNames, labels, originals, reconstructions } = snapshots[0]!;
    assertEquals({ dimensions, image }, { dimensions: 3, image: { height: 4, width: 5, channels: 1 } });
    assertEquals(labelNames, ["cat", "dog"]);
    assertEquals([labels?.length, originals?.length, reconstructions.length], [6, 40, 40]);
    await Deno.writeFile(join(run, "snapshots", "epoch-0002.safetensors"), new Uint8Array(20));
    await assertRejects(() => readSnapshots(run), LatentboardError, "epoch-0002.safetensors");
  }));

Deno.test("latentFilm() draws a frame per epoch, all of one size", () =>
  inFolder(async (run) => {
    await writeSnapshots(run, [1, 2]);
    const drawn: number[] = [];
    const frames = await latentFilm("x", await readSnapshots(run), (done) => drawn.push(done));
    assertEquals(frames.map(({ width, height }) => [width, height]), [[720, 640], [720, 640]]);
    assertEquals(drawn, [1, 2]);
    assert(frames[0]!.data.some((value, i) => value !== frames[1]!.data[i]), "the latents move");
  }));

Deno.test("reconstructionFilm() shows pictures over their reconstructions, and a bar that fills", () =>
  inFolder(async (run) => {
    await writeSnapshots(run, [1, 2]);
    const [first, last] = reconstructionFilm(await readSnapshots(run), 2);
    assertEquals([first!.width, first!.height], [2 * (2 * 5 + 1), 2 * (2 * 4 + 1) + 4]);
    const dark = (frame: typeof first) =>
      frame!.data.subarray(-frame!.width * frame!.channels).filter((value) => value === 60);
    assertEquals(dark(first).length, 11);
    assertEquals(dark(last).length, 22);
    assertEquals(first!.data[0], 7, "an original's pixel");
    assertEquals(first!.data[2 * 5 * first!.width], 101, "a reconstruction's, of epoch 1");
  }));

Deno.test("latentScatter() names its axes and groups", () => {
  const projection = { points: Float32Array.of(0, 1, 2, 3), axes: ["one", "two"] as const };
  const svg = latentScatter({ title: "T" }, projection, Uint8Array.of(1, 0), ["cat", "dog"]);
  for (const text of ["one", "two", "cat", "dog"]) assert(svg.includes(`>${text}<`), text);
});
