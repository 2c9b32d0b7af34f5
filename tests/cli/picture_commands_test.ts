import { assert, assertEquals, assertRejects, assertStringIncludes } from "deno-std/assert/mod.js";
import { ENCODE, encode } from "../../lib/cli/encode.ts";
import { INTERPOLATE, interpolate } from "../../lib/cli/interpolate.ts";
import { RECONSTRUCT, reconstruct } from "../../lib/cli/reconstruct.ts";
import { SAMPLE, sample } from "../../lib/cli/sample.ts";
import { TRAVERSE, traverse } from "../../lib/cli/traverse.ts";
import { parseNpy } from "../../lib/dataset/arrays/npy.ts";
import { LatentboardError } from "../../lib/errors.ts";
import { decodeUpload, readPngText, sniffPicture } from "../../lib/imaging/mod.ts";
import { samplePrior } from "../../lib/latent/mod.ts";
import { sha256Hex } from "../../lib/system/files.ts";
import { gifFrames, inWorkplace } from "./_commands.ts";

Deno.test("sample writes the same grid for the same seed, its settings in the file, and the latents beside it", () =>
  inWorkplace(async ({ path, run }) => {
    const [first, second] = [path("a.png"), path("b.png")];
    assertEquals(await run(SAMPLE, sample, "tiny", "--count", "6", "--columns", "3", "--out", first), [first]);
    await run(SAMPLE, sample, "tiny", "--count=6", "--columns=3", "--out", second, "--latents", path("z.npy"));
    const bytes = await Deno.readFile(first);
    assertEquals(sha256Hex(bytes), sha256Hex(await Deno.readFile(second)));
    const { width, height } = sniffPicture(bytes);
    assertEquals([width, height], [2 * (3 * 16 + 2), 2 * (2 * 16 + 1)]);
    assertStringIncludes(readPngText(bytes).Description!, "seed 1");
    const z = parseNpy(await Deno.readFile(path("z.npy")));
    assertEquals(z.shape, [6, 4]);
    assertEquals(Float32Array.from(z.data), samplePrior(1, 6, 4));
  }));

Deno.test("sample refuses a mixture where the model has no map, and names the models that there are", () =>
  inWorkplace(async ({ run }) => {
    const gmm = () => run(SAMPLE, sample, "tiny", "--sampler", "gmm");
    await assertRejects(gmm, LatentboardError, "no map.bin");
    await assertRejects(() => run(SAMPLE, sample, "nobody"), LatentboardError, "there are other, tiny");
    await assertRejects(() => run(SAMPLE, sample), LatentboardError, "<model> is missing");
    await assertRejects(() => run(SAMPLE, sample, "tiny", "--count", "0"), LatentboardError, "--count must be");
  }));

Deno.test("reconstruct lays pictures of the dataset, and files of any size, over what the model makes of them", () =>
  inWorkplace(async ({ path, run }) => {
    const out = path("r.png");
    const lines = await run(RECONSTRUCT, reconstruct, "tiny", "--data", path("pictures"), "--count", "4", "--out", out);
    assertStringIncludes(lines[1]!, "over 4 pictures");
    assertEquals(sniffPicture(await Deno.readFile(out)).height, 2 * (2 * 16 + 1));
    const grid = path("b.png");
    await run(SAMPLE, sample, "tiny", "--count", "2", "--out", grid);
    await run(RECONSTRUCT, reconstruct, "tiny", grid, "--out", out, "--scale", "1");
    assertEquals((await decodeUpload(await Deno.readFile(out))).width, 16);
  }));

Deno.test("interpolate passes each key once on the way round, and lays a strip for a PNG", () =>
  inWorkplace(async ({ path, run }) => {
    const [gif, strip] = [path("way.gif"), path("way.png")];
    await run(INTERPOLATE, interpolate, "tiny", "--seeds", "1,2", "--frames", "8", "--out", gif);
    assertEquals(gifFrames(await Deno.readFile(gif)), 8);
    await run(INTERPOLATE, interpolate, "tiny", "--seeds=1,2", "--frames=5", "--out", strip, "--scale=1");
    assertEquals(sniffPicture(await Deno.readFile(strip)).width, 5 * 16 + 4);
    const webp = path("way.webp");
    await run(INTERPOLATE, interpolate, "tiny", "--indices=0,3", "--data", path("pictures"), "--out", webp);
    assertEquals(sniffPicture(await Deno.readFile(webp)).type, "webp");
    const one = () => run(INTERPOLATE, interpolate, "tiny", "--seeds", "1", "--out", gif);
    await assertRejects(one, LatentboardError, "Two keys");
    const beyond = () => run(INTERPOLATE, interpolate, "tiny", "--indices=0,4000", "--data", path("pictures"));
    await assertRejects(beyond, LatentboardError, "--indices must be a whole number from 0 to");
  }));

Deno.test("traverse lays a row per latent, the most active first, and animates there and back", () =>
  inWorkplace(async ({ path, run }) => {
    const [png, gif] = [path("t.png"), path("t.gif")];
    const lines = await run(TRAVERSE, traverse, "tiny", "--out", png, "--steps", "5", "--scale", "1");
    assertEquals(lines, [`${png}: latents 0, 1, 2, 3`]);
    const { width, height } = sniffPicture(await Deno.readFile(png));
    assertEquals([width, height], [5 * 16 + 4, 4 * 16 + 3]);
    await run(TRAVERSE, traverse, "tiny", "--out", gif, "--steps", "5", "--dimensions", "3,1");
    assertEquals(gifFrames(await Deno.readFile(gif)), 8);
    const beyond = () => run(TRAVERSE, traverse, "tiny", "--dimensions", "4");
    await assertRejects(beyond, LatentboardError, "from 0 to 3: current value is 4");
    const both = () => run(TRAVERSE, traverse, "tiny", "--seed", "1", "--index", "2");
    await assertRejects(both, LatentboardError, "Choose one beginning");
  }));

Deno.test("encode writes the same latents as CSV, with names and labels, and as NPY", () =>
  inWorkplace(async ({ path, run }) => {
    const source = ["tiny", "--data", path("pictures"), "--split", "train", "--limit", "7"];
    await run(ENCODE, encode, ...source, "--out", path("l.csv"));
    await run(ENCODE, encode, ...source, "--out", path("l.npy"), "--values", "logvar");
    const [header, ...rows] = (await Deno.readTextFile(path("l.csv"))).trimEnd().split("\r\n");
    assertEquals(header, "picture,label,mu0,mu1,mu2,mu3,logvar0,logvar1,logvar2,logvar3");
    assertEquals(rows.length, 7);
    assert(/^train 0,(lying|standing),/.test(rows[0]!));
    const npy = parseNpy(await Deno.readFile(path("l.npy")));
    const logvar = rows.flatMap((row) => row.split(",").slice(-4).map(Number));
    assertEquals(Float32Array.from(npy.data), Float32Array.from(logvar));
    await assertRejects(() => run(ENCODE, encode, "tiny", path("none.png")), LatentboardError, "There is no file");
  }));
