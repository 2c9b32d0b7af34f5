import { assert, assertEquals, assertMatch, assertStringIncludes } from "deno-std/assert/mod.js";
import { delay } from "deno-std/async/delay.js";
import { join } from "node:path";
import { listModels, readHistory, readModelDocument, readModelFile } from "../../lib/model/mod.ts";
import { ignore } from "../tensorflow/_engine.ts";
import { inFolder } from "../fixtures/folder.ts";
import { makeBars, ROOT, startTraining, TINY, train } from "./_training.ts";

Deno.test("train --help explains every option with its default", async () => {
  const { code, out } = await train("--help");
  assertEquals(code, 0);
  for (
    const option of [
      "--config <file>",
      "--data <source>",
      "--epochs <n>",
      "--batch-size <n>",
      "--latent-dim <n>",
      "--image-size <pixels>",
      "--architecture conv|mlp",
      "--learning-rate <rate>",
      "--seed <n>",
      "--name <name>",
      "--out <folder>",
      "--force",
      "--resume <run>",
      "--checkpoint-minutes <n>",
      "--eager",
    ]
  ) assertStringIncludes(out, option);
  assertMatch(out, /--epochs <n> .*\(default 10\)/);
});

Deno.test("train refuses a wrong command line with one sentence and exit code 2", async () => {
  for (
    const [args, sentence] of [
      [["--epoch", "3"], "Unknown option --epoch: did you mean --epochs?"],
      [["--epochs", "many"], '--epochs must be a number: current value is "many"'],
      [["--epochs", "0"], "epochs is 0: it must be a whole number from 1"],
      [["--architecture", "transformer"], "architecture"],
      [["--threads", "1.5"], "--threads must be a whole number from 1"],
      [["--shards", "0"], "--shards must be a whole number from 1"],
      [["--name", "latest"], 'name is "latest": it must be another name: this one means the newest run'],
      [["--config", "configs/none.yaml"], `There is no configuration ${join(ROOT, "configs/none.yaml")}`],
      [["--resume", "latest", "--seed", "3"], "--seed can't be changed by --resume"],
      [["now"], 'Unknown argument "now"'],
    ] as const
  ) {
    const { code, error } = await train(...args);
    assertEquals(code, 2, `${args.join(" ")}: ${error}`);
    assertStringIncludes(error, sentence);
    assertEquals(error.trim().split("\n").length, 1, error);
  }
});

Deno.test("train says at once that the model can't be put where it is to go", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    const home = join(folder, "home");
    const { code, error } = await train("--home", home, "--out", join(folder, "file", "models"), "--data", "sample");
    assertEquals(code, 1);
    assertMatch(error.trim(), /^error: Cannot write to \S+file\S+models: choose another --out[^\n]*$/);
  }));

Deno.test("train names a run or a dataset that is missing in one sentence", () =>
  inFolder(async (folder) => {
    const home = join(folder, "home");
    const resumed = await train("--home", home, "--resume", "nothing");
    assertEquals(resumed.code, 1);
    assertEquals(resumed.error.trim(), 'error: There is no run "nothing": there are no runs yet');
    const missing = await train("--home", home, "--data", join(folder, "nowhere"), "--out", join(folder, "models"));
    assert(missing.code !== 0);
    assertStringIncludes(missing.error, "nowhere");
    assertEquals(missing.error.trim().split("\n").length, 1, missing.error);
  }));

Deno.test({
  name: "train leaves a finished model, and refuses its name the next time unless forced",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const [home, models] = [join(folder, "home"), join(folder, "models")];
      const data = await makeBars(join(folder, "bars"));
      const args = ["--home", home, "--out", models, "--data", data, ...TINY, "--epochs", "2", "--snapshots", "1"];
      const first = await train(...args);
      assertEquals(first.code, 0, first.error);
      assertStringIncludes(first.out, "epoch 2/2");
      assertStringIncludes(first.out, "negative ELBO");

      assertEquals(await listModels(models), ["bars-2-mlp"]);
      const document = await readModelDocument(models, "bars-2-mlp");
      assertEquals(document.image, { height: 16, width: 16, channels: 1 });
      assertEquals(document.labels.map(({ name, mean }) => [name, mean.length]), [["lying", 2], ["standing", 2]]);
      assertEquals(document.latents[0]!.statistics!.kl.length, 2);
      assert(document.certificate.samples > 0 && document.certificate.imageMaxAbsolute <= 1e-5);
      const { negativeElbo, reconstruction, kl } = document.metrics;
      assert(Math.abs(negativeElbo! - reconstruction! - kl!) < 1e-6);
      for (const file of ["encoder.onnx", "decoder.onnx", "map.bin", "map.png", "preview.png"]) {
        assert((await readModelFile(models, document, file)).length > 0, file);
      }
      const history = await readHistory(models, document);
      assertEquals(history.map(({ epoch }) => epoch), [1, 2]);
      assert(history.every(({ train, validation }) => train.loss > 0 && validation.kl > 0));
      const map = await readModelFile(models, document, "map.bin");
      assertEquals(map.length, document.dataset.testCount * (2 * 4 + 1));

      const [run] = [...Deno.readDirSync(join(home, "runs"))];
      const kept = [...Deno.readDirSync(join(home, "runs", run!.name))].map(({ name }) => name).sort();
      assertEquals(kept, [
        "checkpoints",
        "config.yaml",
        "curves.png",
        "curves.svg",
        "events.jsonl",
        "history.jsonl",
        "lock",
        "map.png",
        "process.json",
        "run.json",
        "samples",
        "snapshots",
      ]);

      const second = await train(...args);
      assertEquals(second.code, 1);
      assertStringIncludes(second.error, 'A model named "bars-2-mlp" exists');
      assertEquals((await train(...args, "--force")).code, 0);
    }),
});

Deno.test({
  name: "train stops at the first Ctrl-C with a checkpoint, says how to go on, and goes on",
  ignore: ignore || Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const [home, models] = [join(folder, "home"), join(folder, "models")];
      const data = await makeBars(join(folder, "bars"));
      const child = startTraining([
        "--home",
        home,
        "--out",
        models,
        "--data",
        data,
        ...TINY,
        "--epochs",
        "30",
        "--shards",
        "4",
      ]);
      let out = "";
      let sent = false;
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
        out += text;
        if (!sent && out.includes("epoch 2/30")) {
          sent = true;
          child.kill("SIGINT");
          await delay(50);
          child.kill("SIGINT"); // `deno task` passes on what the terminal has sent to both
        }
      }
      assertEquals((await child.status).code, 130, out);
      await child.stderr.cancel();
      const run = /Go on with: deno task train --resume (\S+)/.exec(out)?.[1];
      if (run === undefined) throw new Error(`no way to go on was named: ${out}`);
      const info = JSON.parse(await Deno.readTextFile(join(home, "runs", run, "run.json")));
      assertEquals(info.status, "interrupted");
      assertEquals(await listModels(models), []);

      const resumed = await train("--home", home, "--resume", run);
      assertEquals(resumed.code, 0, resumed.error);
      assertMatch(resumed.out, /going on after step \d+ of/);
      assertStringIncludes(resumed.out, "4 shards of each batch", "another number would round otherwise");
      assertEquals(await listModels(models), ["bars-2-mlp"]);

      const again = await train("--home", home, "--resume", run);
      assertEquals(again.code, 1);
      assertStringIncludes(again.error, `The run ${run} is finished`);
    }),
});
