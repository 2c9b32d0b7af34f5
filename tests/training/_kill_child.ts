/**
 * The process that kill_test.ts kills: trains made pictures in the home given, going on from the run given if there is
 * one. Prints `run <id>`, `start <step>`, `step <step>` after each one and, at the end, `done <SHA-256 of all variables>`.
 */
import { sha256Hex } from "../../lib/system/files.ts";
import { RunFolder, writeSafetensors } from "../../lib/training/mod.ts";
import { ignore } from "../tensorflow/_engine.ts";
import { madeConfig, madeSource, madeTrainer } from "./_made.ts";

const [home, id] = Deno.args;
if (ignore) throw new Error("This process needs libtensorflow");

const config = madeConfig({
  epochs: 30,
  schedule: { kind: "cosine", warmupSteps: 10 },
  objective: { warmup: { kind: "cyclical", epochs: 2 } },
  optimizer: { kind: "adamw", learningRate: 0.01, clipNorm: 5 },
  emaDecay: 0.99,
  checkpoint: { everyMinutes: 0.03 / 60 }, // thirty milliseconds, so that many kills come while a checkpoint is written
});
const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const { run, trainer } = await madeTrainer(config, {
  home: home!,
  ...(id === undefined ? {} : { run: await RunFolder.open(home!, id) }),
  train: madeSource(2000),
  onEvent: (event) => {
    if (event.type === "start") say(`start ${event.step}`);
    if (event.type === "step") say(`step ${event.step}`);
  },
});
say(`run ${run.info.id}`);
await trainer.train();
say(`done ${sha256Hex(writeSafetensors(await trainer.state.save()))}`);
