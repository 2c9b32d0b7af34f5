import { assert, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { VISUALIZE, visualize } from "../../lib/cli/visualize.ts";
import { LatentboardError } from "../../lib/errors.ts";
import { sniffPicture } from "../../lib/imaging/mod.ts";
import { writeSnapshots } from "../evaluation/_snapshots.ts";
import { gifFrames, inWorkplace, type Workplace } from "./_commands.ts";

/** A run of the model `tiny` with two epochs in its history and three snapshots. */
async function writeRun({ path }: Workplace): Promise<string> {
  const run = path(join("home", "runs", "tiny-1"));
  await writeSnapshots(run, [1, 2, 3]);
  const info = { id: "tiny-1", name: "tiny", createdAt: "2026-01-01T00:00:00Z", status: "finished", settings: {} };
  await Deno.writeTextFile(join(run, "run.json"), JSON.stringify({ ...info, config: { latentDim: 4, epochs: 2 } }));
  const parts = { loss: 3, reconstruction: 2, kl: 1 };
  const records = [1, 2].map((epoch) => ({ epoch, train: parts, validation: { ...parts, activeUnits: 2 } }));
  await Deno.writeTextFile(join(run, "history.jsonl"), records.map((record) => JSON.stringify(record) + "\n").join(""));
  return run;
}

Deno.test("visualize makes every plot of a model and of the newest run of its name", () =>
  inWorkplace(async (place) => {
    await writeRun(place);
    const out = place.path("plots");
    const args = ["tiny", "--data", place.path("pictures"), "--out", out, "--side", "3", "--delay", "500"];
    const made = await place.run(VISUALIZE, visualize, ...args);
    const plots = ["latents-pca", "loss", "reconstruction", "kl"].flatMap((name) => [`${name}.svg`, `${name}.png`]);
    const names = [...plots, "manifold.png", "latent-space.gif", "reconstructions.gif"];
    assertEquals(made.toSorted(), names.map((name) => join(out, name)).toSorted());
    const { width } = sniffPicture(await Deno.readFile(join(out, "manifold.png")));
    assertEquals(width, 3 * 16 + 2);
    for (const film of ["latent-space.gif", "reconstructions.gif"]) {
      assertEquals(
        gifFrames(await Deno.readFile(join(out, film))),
        6,
        "three epochs, and the last for 1.5 seconds more",
      );
    }
    const scatter = await Deno.readTextFile(join(out, "latents-pca.svg"));
    assert(scatter.includes(">lying<") && scatter.includes("of the variance"));
    assert(
      (await Deno.readTextFile(join(out, "loss.svg"))).includes("4 latents · 2 epochs"),
      "the config in small print",
    );
  }));

Deno.test("visualize takes a run, and passes over what a model can't have unless it was asked for by name", () =>
  inWorkplace(async (place) => {
    const run = await writeRun(place);
    const out = place.path("plots");
    const film = await place.run(VISUALIZE, visualize, run, "--plots", "latent-film", "--out", out);
    assertEquals(film, [join(out, "latent-space.gif")]);
    const without = ["other", "--data", place.path("pictures"), "--out", out, "--side", "2"];
    const made = await place.run(VISUALIZE, visualize, ...without);
    assertEquals(made.map((path) => path.slice(out.length + 1)), [
      "latents-pca.svg",
      "latents-pca.png",
      "manifold.png",
    ]);
    const named = () => place.run(VISUALIZE, visualize, "other", "--plots", "latent-film", "--out", out);
    await assertRejects(named, LatentboardError, "train with --snapshots 1");
    const plane = () => place.run(VISUALIZE, visualize, "tiny", "--plots", "scatter", "--projection", "plane");
    await assertRejects(plane, LatentboardError, "use --projection pca");
    await assertRejects(() => place.run(VISUALIZE, visualize, "x"), LatentboardError, 'no model named "x"');
    await assertRejects(
      () => place.run(VISUALIZE, visualize, "tiny", "--plots", "pie"),
      LatentboardError,
      "must be one of",
    );
  }));
