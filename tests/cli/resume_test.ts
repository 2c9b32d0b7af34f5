import { assert, assertEquals, assertMatch, assertStringIncludes } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { listModels } from "../../lib/model/mod.ts";
import { inFolder } from "../fixtures/folder.ts";
import { ignore } from "../tensorflow/_engine.ts";
import { makeBars, startTraining, TINY, train } from "./_training.ts";

/** Trains until the second epoch and interrupts; the run's id. */
async function interruptedRun(
  home: string,
  data: string,
  signal: Deno.Signal,
  ...options: string[]
): Promise<string> {
  const child = startTraining(["--home", home, "--data", data, ...TINY, "--epochs", "60", ...options]);
  let out = "";
  let sent = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    out += text;
    if (sent || !out.includes("epoch 1/")) continue;
    sent = true;
    child.kill(signal);
  }
  assertEquals((await child.status).code, 130, out + await new Response(child.stderr).text());
  const command = /Go on with: (deno task train --resume (\S+) --home \S+)/.exec(out);
  assertStringIncludes(command?.[1] ?? out, `--home ${home}`, "can be pasted");
  return command![2]!;
}

Deno.test({
  name: "train --resume says what has changed of the pictures, goes on only when asked to, and heeds --out",
  ignore: ignore || Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const [home, data] = [join(folder, "home"), await makeBars(join(folder, "bars"))];
      const run = await interruptedRun(home, data, "SIGHUP", "--out", join(folder, "first"));
      await Deno.remove(join(data, "lying", "7.png"));
      await Deno.mkdir(join(data, "crosses"));
      await Deno.copyFile(join(data, "lying", "3.png"), join(data, "crosses", "1.png"));

      const refused = await train("--home", home, "--resume", run);
      assertEquals(refused.code, 1, refused.out);
      assertMatch(
        refused.error.trim(),
        /^error: The pictures of the run \S+ have changed since it was begun: (?=.*1 picture of "lying" is gone)(?=.*"crosses" is new \(1 picture\))[^\n]*: deno task train --resume \S+ --allow-changed-data --home \S+$/,
      );

      const second = join(folder, "second");
      const resumed = await train("--home", home, "--resume", run, "--allow-changed-data", "--out", second);
      assertEquals(resumed.code, 0, resumed.error);
      assertStringIncludes(resumed.out, "warning: The pictures have changed since the run was begun");
      assertStringIncludes(resumed.out, `See it: deno task start --home ${home} --models ${second}`);
      assertEquals(await listModels(second), ["bars-2-mlp"]);
      assertEquals(await listModels(join(folder, "first")), []);

      const over = await train("--home", home, "--resume", run);
      assertEquals(over.code, 1);
      assertStringIncludes(
        over.error,
        `is finished after 60 epochs: train it further with deno task train --resume ${run}`,
      );
      const further = await train("--home", home, "--resume", run, "--epochs", "62");
      assertEquals(further.code, 0, further.error);
      assertStringIncludes(further.out, "epoch 62/62");
    }),
});

Deno.test({
  name: "train does not publish a model that diverged without NaN, unless forced",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const [home, models] = [join(folder, "home"), join(folder, "models")];
      const places = ["--home", home, "--out", models];
      const data = await makeBars(join(folder, "bars"));
      const bad = ["--learning-rate", "10", "--clip-norm", "1", "--epochs", "3", "--threads", "1000"];
      const { code, error, out } = await train(...places, "--data", data, ...TINY, ...bad);
      assertEquals(code, 1, out);
      assertMatch(
        error.trim(),
        /^error: The model is worse than one that always predicts the mean picture[^\n]*: deno task train --resume \S+ --force --home \S+$/,
      );
      assertMatch(out, /warning: 1,000 threads would wait for each other on \d+ cores?: training on \d+/);
      assertEquals(await listModels(models), []);
      const run = /--resume (\S+)/.exec(error)![1]!;
      const forced = await train("--home", home, "--resume", run, "--force");
      assertEquals(forced.code, 0, forced.error);
      assert(forced.out.includes("warning: The model is worse than"), forced.out);
      assertEquals(await listModels(models), ["bars-2-mlp"]);
    }),
});
