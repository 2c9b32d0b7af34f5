import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "deno-std/assert/mod.js";
import { join } from "node:path";
import { checkpointName, listCheckpoints, readCheckpoint } from "../../lib/training/checkpoint.ts";
import { DivergedError } from "../../lib/training/divergence.ts";
import type { TrainingEvent } from "../../lib/training/events.ts";
import { readHistory } from "../../lib/training/history.ts";
import { RunFolder } from "../../lib/training/run.ts";
import type { Trainer } from "../../lib/training/trainer.ts";
import { ignore, residentMegabytes, tensorflow } from "../tensorflow/_engine.ts";
import { onEngines } from "./_engines.ts";
import type { TrainingConfig } from "../../lib/vae/mod.ts";
import { madeConfig, madeSource, madeTrainer } from "./_made.ts";

/** Every variable's numbers. */
async function numbersOf(trainer: Trainer): Promise<Record<string, number[]>> {
  return Object.fromEntries(
    Object.entries(await trainer.state.save()).map(([name, { data }]) => [name, Array.from(data)]),
  );
}

/** Everything that makes one step differ from the next. */
const BUSY = {
  epochs: 3,
  schedule: { kind: "cosine", warmupSteps: 3 },
  objective: { warmup: { kind: "linear", epochs: 2 } },
  optimizer: { learningRate: 0.01, clipNorm: 5 },
  emaDecay: 0.9,
};

async function trained(
  changes: Parameters<typeof madeConfig>[0],
  eager: boolean,
  listen: (event: TrainingEvent) => void = () => {},
) {
  const events: TrainingEvent[] = [];
  const { home, run, trainer } = await madeTrainer(madeConfig(changes), {
    eager,
    onEvent: (event) => {
      events.push(event);
      listen(event);
    },
  });
  try {
    const outcome = await trainer.train();
    return { outcome, events, numbers: await numbersOf(trainer), history: await readHistory(run.history) };
  } finally {
    trainer.dispose();
    run.close();
    await Deno.remove(home, { recursive: true });
  }
}

onEngines("Trainer.train() lowers the loss and records each epoch", async ({ eager }) => {
  const { outcome, events, history } = await trained({ epochs: 4, optimizer: { learningRate: 0.01 } }, eager);
  assertEquals(outcome.status, "finished");
  assertEquals(outcome.steps, 4 * 7);
  assertEquals(history.map(({ epoch }) => epoch), [1, 2, 3, 4]);
  assert(history[3]!.validation.loss < history[0]!.validation.loss, "the held-out loss falls");
  assertAlmostEquals(history[0]!.train.loss, history[0]!.train.reconstruction + history[0]!.train.kl, 1e-3);
  assertEquals(events.filter(({ type }) => type === "step").length, 4 * 7);
});

Deno.test({
  name: "Trainer.train() captured equals eager to 1e-5 over 21 steps of changing rate, beta, clipping and averaging",
  ignore,
  async fn() {
    const captured = await trained(BUSY, false);
    const eager = await trained(BUSY, true);
    assertEquals(captured.outcome.steps, 21);
    assertEquals(captured.events[0]!.type === "start" && captured.events[0]!.captured, true);
    assertEquals(eager.events[0]!.type === "start" && eager.events[0]!.captured, false);
    for (const [name, values] of Object.entries(captured.numbers)) {
      for (const [i, value] of values.entries()) {
        const other = eager.numbers[name]![i]!;
        assertAlmostEquals(value, other, 1e-5 * Math.max(1, Math.abs(other)), `${name}[${i}]`);
      }
    }
    for (const [i, record] of captured.history.entries()) {
      const other = eager.history[i]!;
      assertAlmostEquals(record.train.loss, other.train.loss, 1e-5 * other.train.loss);
      assertAlmostEquals(record.validation.kl, other.validation.kl, 1e-5 * Math.max(1, other.validation.kl));
    }
  },
});

onEngines("Trainer.train() interrupted and resumed equals an uninterrupted run bit for bit", async ({ eager }) => {
  const whole = await trained(BUSY, eager);
  const config = madeConfig(BUSY);
  const home = await Deno.makeTempDir();
  let id: string | undefined;
  for (const stopAfter of [3, 7, 12, Infinity]) {
    const stop = new AbortController();
    const run = id === undefined ? undefined : await RunFolder.open(home, id);
    const made = await madeTrainer(config, {
      home,
      eager,
      ...(run === undefined ? {} : { run }),
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "step" && event.step >= stopAfter) stop.abort();
      },
    });
    id = made.run.info.id;
    const outcome = await made.trainer.train();
    assertEquals(outcome.status, stopAfter === Infinity ? "finished" : "interrupted");
    assertEquals(outcome.steps, Math.min(stopAfter, 21));
    if (stopAfter === Infinity) {
      assertEquals(await numbersOf(made.trainer), whole.numbers);
      const history = await readHistory(made.run.history);
      assertEquals(history.map(({ train }) => train), whole.history.map(({ train }) => train));
      assertEquals(history.map(({ validation }) => validation), whole.history.map(({ validation }) => validation));
    }
    made.trainer.dispose();
    made.run.close();
  }
  await Deno.remove(home, { recursive: true });
});

Deno.test({
  name: "Trainer.train() goes on from the checkpoint before a damaged one, says so, and cuts the history",
  ignore,
  async fn() {
    const config = madeConfig({ epochs: 3 });
    const { home, run, trainer } = await madeTrainer(config);
    await trainer.train();
    const expected = await numbersOf(trainer);
    trainer.dispose();
    run.close();
    const newest = (await listCheckpoints(run.checkpoints)).at(-1)!;
    await Deno.truncate(join(run.checkpoints, newest, "tensors.safetensors"), 100);

    const warnings: string[] = [];
    const again = await madeTrainer(config, {
      home,
      run: await RunFolder.open(home, run.info.id),
      onEvent: (event) => {
        if (event.type === "warning") warnings.push(event.message);
        if (event.type === "start") assertEquals(event.step, 14);
      },
    });
    await again.trainer.train();
    assertStringIncludes(
      warnings[0]!,
      `${newest} is damaged: its tensors.safetensors is truncated or altered; going on`,
    );
    assertEquals(await numbersOf(again.trainer), expected);
    assertEquals((await readHistory(run.history)).map(({ epoch }) => epoch), [1, 2, 3]);
    again.trainer.dispose();
    again.run.close();
    await Deno.remove(home, { recursive: true });
  },
});

Deno.test({
  name: "Trainer.train() refuses a checkpoint of another configuration",
  ignore,
  async fn() {
    const { home, run, trainer } = await madeTrainer(madeConfig({ epochs: 1 }));
    await trainer.train();
    trainer.dispose();
    const other = await madeTrainer(madeConfig({ epochs: 1, latentDim: 5 }), { home, run });
    await assertRejects(() => other.trainer.train(), Error, "does not fit its run's configuration");
    other.trainer.dispose();
    run.close();
    await Deno.remove(home, { recursive: true });
  },
});

onEngines("Trainer.train() stops at a loss that is NaN, names the step and keeps the checkpoint", async ({ eager }) => {
  let calls = 0;
  const config: TrainingConfig = {
    ...madeConfig({ optimizer: { kind: "sgd", learningRate: 1e-6 }, epochs: 5 }),
    // tame for the first epoch, then a rate that blows up
    schedule: { kind: "step", warmupSteps: 0, everySteps: 7, factor: 1e14 },
  };
  const { home, run, trainer } = await madeTrainer(config, {
    eager,
    onEvent: () => calls++,
  });
  const error = await assertRejects(() => trainer.train(), DivergedError);
  assertEquals(error.context.epoch, 2);
  assert(error.context.step >= 8, `step ${error.context.step}`);
  assertStringIncludes(error.message, `at step ${error.context.step} (epoch 2)`);
  assertStringIncludes(error.message, "lower --learning-rate");
  assertStringIncludes(error.message, "the checkpoint of step 7 is intact");
  assertEquals((await listCheckpoints(run.checkpoints)).at(-1), checkpointName(7));
  assert(calls > 7);
  trainer.dispose();
  run.close();
  await Deno.remove(home, { recursive: true });
});

Deno.test({
  name: "Trainer.train() says that the posterior has collapsed, once",
  ignore,
  async fn() {
    const { events } = await trained({ epochs: 3, objective: { beta: 1e5 }, optimizer: { learningRate: 0.01 } }, false);
    const warnings = events.flatMap((event) => event.type === "warning" ? [event.message] : []);
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0]!, "0 of 3 latents are active");
  },
});

Deno.test({
  name: "Trainer.train() stops early and ends with the best epoch's weights",
  ignore,
  async fn() {
    const config: TrainingConfig = {
      ...madeConfig({ epochs: 9, optimizer: { learningRate: 0.01 }, emaDecay: 0.5, earlyStopping: { patience: 2 } }),
      schedule: { kind: "step", warmupSteps: 0, everySteps: 7, factor: 20 }, // each epoch's rate is worse than the last
    };
    const { home, run, trainer } = await madeTrainer(config);
    const { status, best, history } = await trainer.train();
    assertEquals([status, history.length], ["early", best!.epoch + 2]);
    const bestLoss = Math.min(...history.map(({ validation }) => validation.loss));
    assertEquals([best!.loss, history[best!.epoch - 1]!.validation.loss], [bestLoss, bestLoss]);
    const weightsAt = async (step: number) => {
      const { tensors } = await readCheckpoint(run.checkpoints, checkpointName(step));
      return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, Array.from(data)]));
    };
    assertEquals(await numbersOf(trainer), await weightsAt(best!.step));
    assertNotEquals(await numbersOf(trainer), await weightsAt(history.at(-1)!.step));
    const { loss } = await trainer.evaluator.evaluate(madeSource(20), config.objective.beta);
    assertEquals(loss, best!.loss);
    trainer.dispose();
    run.close();
    await Deno.remove(home, { recursive: true });
  },
});

Deno.test({
  name: "Trainer.train() leaves no tensor, variable or function behind",
  ignore,
  async fn() {
    await trained({ epochs: 1 }, false);
    const before = tensorflow().memory();
    await trained({ ...BUSY, epochs: 5 }, false);
    await trained({ epochs: 1 }, true);
    const { handles, tensors, variables, functions } = tensorflow().memory();
    assertEquals({ handles, tensors, variables, functions }, {
      handles: before.handles,
      tensors: before.tensors,
      variables: before.variables,
      functions: before.functions,
    });
  },
});

Deno.test({
  name: "Trainer.train() stays flat in memory over 50 epochs",
  ignore,
  async fn() {
    const counts: { handles: number; tensors: number; variables: number; functions: number; resident: number }[] = [];
    await trained({ ...BUSY, epochs: 50, checkpoint: { everyEpochs: 10 } }, false, (event) => {
      if (event.type !== "epoch") return;
      const { handles, tensors, variables, functions } = tensorflow().memory();
      counts.push({ handles, tensors, variables, functions, resident: residentMegabytes() });
    });
    assertEquals(counts.length, 50);
    const { resident: early, ...second } = counts[9]!;
    const { resident: late, ...last } = counts[49]!;
    assertEquals(last, second);
    assert(late - early < 40, `the process grew from ${early.toFixed(0)} to ${late.toFixed(0)} MB over 40 epochs`);
  },
});

Deno.test({
  name: "Trainer.train() draws the loss curves as SVG and PNG",
  ignore,
  async fn() {
    const { home, run, trainer } = await madeTrainer(madeConfig({ epochs: 2 }));
    await trainer.train();
    assertStringIncludes(await Deno.readTextFile(join(run.path, "curves.svg")), "nats per picture");
    assertEquals([...(await Deno.readFile(join(run.path, "curves.png"))).slice(1, 4)], [0x50, 0x4e, 0x47]);
    trainer.dispose();
    run.close();
    await Deno.remove(home, { recursive: true });
  },
});

onEngines("Trainer.train() keeps the shared variance of a Gaussian at the batches' optimum", async ({ eager }) => {
  const objective = { reconstruction: "gaussian", variance: "shared" };
  const { numbers, history } = await trained({ epochs: 8, objective, optimizer: { learningRate: 0.01 } }, eager);
  const logvar = numbers["parameters/decoder/logvar/value"]![0]!;
  // At the optimum the squared errors over the variance are 1 a pixel, so the reconstruction follows from it alone.
  const wanted = 64 / 2 * (Math.log(2 * Math.PI) + 1 + logvar);
  assert(logvar < -2, `the variance was fitted: its logarithm is ${logvar}`);
  assertAlmostEquals(history.at(-1)!.train.reconstruction, wanted, 6);
  assertAlmostEquals(history.at(-1)!.validation.reconstruction, wanted, 8);
});
