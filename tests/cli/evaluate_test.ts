import { assert, assertAlmostEquals, assertEquals, assertRejects, assertStringIncludes } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { COMPARE, compare } from "../../lib/cli/compare.ts";
import { differences } from "../../lib/cli/support/difference.ts";
import { ENCODE, encode } from "../../lib/cli/encode.ts";
import { EVALUATE, evaluate } from "../../lib/cli/evaluate.ts";
import { RECONSTRUCT, reconstruct } from "../../lib/cli/reconstruct.ts";
import { LatentboardError } from "../../lib/errors.ts";
import type { Evaluation } from "../../lib/evaluation/mod.ts";
import { sniffPicture } from "../../lib/imaging/mod.ts";
import { readModelDocument } from "../../lib/model/mod.ts";
import { inWorkplace } from "./_commands.ts";

const QUICK = ["--num-samples", "20", "--no-frechet", "--split", "train", "--workers", "2"];

Deno.test("evaluate prints the same figures for the same seed, and they fit together", () =>
  inWorkplace(async ({ path, run }) => {
    const args = ["tiny", "--data", path("pictures"), "--json", ...QUICK];
    const figures = async () => (JSON.parse((await run(EVALUATE, evaluate, ...args)).join("\n")) as Evaluation[])[0];
    const [first, second] = [await figures(), await figures()];
    assertEquals({ ...first, seconds: 0 }, { ...second, seconds: 0 });
    const { negativeElbo, reconstruction, kl, klPerLatent, negativeLogLikelihood, bitsPerDimension } = first!;
    assertAlmostEquals(negativeElbo.mean, reconstruction + kl, 1e-9);
    assertAlmostEquals(klPerLatent.reduce((sum, value) => sum + value, 0), kl, 1e-9);
    assertAlmostEquals(bitsPerDimension * 256 * Math.LN2, negativeElbo.mean, 1e-9);
    assert(negativeLogLikelihood!.mean < negativeElbo.mean, "the bound rises with the samples");
    assertEquals(first!.pixels, "grey-scale");
    for (const share of [first!.linearProbe!, first!.nearestNeighbours!]) {
      assertAlmostEquals(share * 18, Math.round(share * 18), 1e-9, "a share of every second picture");
    }
  }));

Deno.test("evaluate agrees with what encode and reconstruct give for the same pictures", () =>
  inWorkplace(async ({ path, run }) => {
    const source = ["tiny", "--data", path("pictures"), "--split", "train"];
    const lines = await run(EVALUATE, evaluate, ...source, "--json", "--num-samples", "0", "--no-frechet");
    const [{ mse, kl, activeUnits, pictures }] = JSON.parse(lines.join("\n")) as [Evaluation];
    const rebuilt = await run(RECONSTRUCT, reconstruct, ...source, "--count", "36", "--out", path("r.png"));
    assertStringIncludes(rebuilt[1]!, `MSE ${mse.toFixed(5)},`);

    await run(ENCODE, encode, ...source, "--out", path("l.csv"));
    const rows = (await Deno.readTextFile(path("l.csv"))).trimEnd().split("\r\n").slice(1).map((row) => row.split(","));
    assertEquals(rows.length, pictures);
    const divergences = rows.map((row) => {
      const [mu, logvar] = [row.slice(2, 6).map(Number), row.slice(6).map(Number)];
      return mu.reduce((sum, m, d) => sum + (m * m + Math.exp(logvar[d]!) - logvar[d]! - 1) / 2, 0);
    });
    assertAlmostEquals(kl, divergences.reduce((sum, value) => sum + value, 0) / rows.length, 1e-5);
    assertEquals(activeUnits, 4);
  }));

Deno.test("evaluate writes a report, and keeps the figures with the model where it is asked to", () =>
  inWorkplace(async ({ folder, path, run }) => {
    const lines = await run(
      EVALUATE,
      evaluate,
      ...["tiny", "--data", path("pictures"), "--html", path("report.html"), "--save", ...QUICK],
    );
    assertEquals(lines[0], "tiny on 36 pictures of pictures, grey-scale pixels, seed 1");
    assertStringIncludes(await Deno.readTextFile(path("report.html")), "Pictures over their reconstructions by tiny");
    const { metrics } = await readModelDocument(join(folder, "models"), "tiny");
    assertEquals(metrics.importanceSamples, 20);
    assertStringIncludes(lines.join("\n"), metrics.negativeElbo!.toFixed(2));
  }));

Deno.test("evaluate refuses what it can't measure", () =>
  inWorkplace(async ({ path, run }) => {
    const test = () => run(EVALUATE, evaluate, "tiny", "--data", path("pictures"), "--split", "test");
    await assertRejects(test, LatentboardError, "has no test pictures");
    await assertRejects(() => run(EVALUATE, evaluate, "tiny", "--split", "all"), LatentboardError, "must be one of");
  }));

Deno.test("evaluate without a model takes the newest", () =>
  inWorkplace(async ({ path, run }) => {
    const file = join(path("models"), "other", "model.json");
    const document = JSON.parse(await Deno.readTextFile(file));
    await Deno.writeTextFile(file, JSON.stringify({ ...document, createdAt: "2026-02-01T00:00:00.000Z" }));
    const lines = await run(EVALUATE, evaluate, "--data", path("pictures"), ...QUICK);
    assertStringIncludes(lines.join("\n"), "other");
  }));

Deno.test("compare lays figures, samples and configurations side by side", () =>
  inWorkplace(async ({ path, run }) => {
    const out = path("both.png");
    const args = ["tiny", "other", "--data", path("pictures"), "--out", out, "--columns", "5", ...QUICK];
    const lines = await run(COMPARE, compare, ...args);
    assert(
      lines.some((line) => /^cross-entropy \+ KL +\d+\.\d\d ± \d+\.\d\d nats +\d+\.\d\d ± \d+\.\d\d nats$/.test(line)),
    );
    assert(lines.some((line) => /^seed +1 +2$/.test(line)), lines.join("\n"));
    assert(lines.some((line) => /^name +"tiny" +"other"$/.test(line)), lines.join("\n"));
    const { width, height } = sniffPicture(await Deno.readFile(out));
    assertEquals([width, height], [2 * (5 * 16 + 4), 2 * (2 * 16 + 1)]);
    await assertRejects(() => run(COMPARE, compare, "tiny"), LatentboardError, "Two models or more");
  }));

Deno.test("differences() names the paths whose values differ or are missing", () => {
  const [a, b] = [{ x: 1, y: { z: [1, 2], w: "s" } }, { x: 1, y: { z: [1, 3] }, v: null }];
  assertEquals(differences([a, b]), [
    { key: "y.z", values: ["[1,2]", "[1,3]"] },
    { key: "y.w", values: ['"s"', "-"] },
    { key: "v", values: ["-", "null"] },
  ]);
  assertEquals(differences([a, a]), []);
});
