import { assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import { describeSeconds } from "../../lib/cli/support/progress.ts";
import { TrainingDisplay } from "../../lib/cli/support/train_display.ts";
import type { StepEvent } from "../../lib/training/events.ts";

const step: StepEvent = {
  type: "step",
  epoch: 2,
  epochs: 10,
  step: 64,
  batch: 22,
  batches: 43,
  loss: 250.123,
  reconstruction: 235.4,
  kl: 14.7,
  metrics: { loss: 230, reconstruction: 215, kl: 15, gradientNorm: 0 },
  learningRate: 0.001,
  beta: 1,
  imagesPerSecond: 5432.1,
  secondsLeft: 75,
};

function display(terminal: boolean, columns = 200) {
  const written: string[] = [];
  const clock = { now: 0 };
  const target = {
    terminal,
    columns: () => columns,
    write: (text: string) => void written.push(text),
    now: () => clock.now,
  };
  return { display: new TrainingDisplay(target), written, clock };
}

Deno.test("TrainingDisplay draws a bar in place with rate, loss parts and the time left", () => {
  const { display: shown, written } = display(true);
  shown.show(step);
  assertEquals(written, [
    "\r\x1b[2K████████████░░░░░░░░░░░░ epoch 2/10 51% 5,432 images/s, loss 250.12 " +
    "(reconstruction 235.40, KL 14.70), 1 min 15 s left",
  ]);
});

Deno.test("TrainingDisplay redraws at most ten times a second, and never wider than the terminal", () => {
  const { display: shown, written, clock } = display(true, 60);
  for (clock.now = 0; clock.now < 1000; clock.now += 10) shown.show(step);
  assertEquals(written.length, 10);
  for (const text of written) assertEquals(text.replace("\r\x1b[2K", "").length, 59);
});

Deno.test("TrainingDisplay writes plain lines where there is no terminal, one in ten seconds", () => {
  const { display: shown, written, clock } = display(false);
  for (clock.now = 0; clock.now <= 25_000; clock.now += 100) shown.show(step);
  assertEquals(written.length, 2);
  assertStringIncludes(written[0]!, "epoch 2/10 51% 5,432 images/s");
  assertEquals(written.some((text) => text.includes("\x1b")), false);
});

Deno.test("TrainingDisplay takes the bar away before a line", () => {
  const { display: shown, written } = display(true);
  shown.show(step);
  shown.show({ type: "warning", message: "look" });
  assertEquals(written.slice(1), ["\r\x1b[2K", "warning: look\n"]);
});

Deno.test("describeSeconds() speaks of seconds, minutes and hours", () => {
  assertEquals([0.04, 9.96, 59.4, 61, 3599.6, 7384, Infinity].map(describeSeconds), [
    "0.0 s",
    "10.0 s",
    "59 s",
    "1 min 01 s",
    "1 h 00 min",
    "2 h 03 min",
    "?",
  ]);
});

for (const columns of [60, 100]) {
  Deno.test(`TrainingDisplay keeps the time left on a terminal of ${columns} columns`, () => {
    const { display: shown, written } = display(true, columns);
    shown.show(step);
    const line = written[0]!.replace("\r\x1b[2K", "");
    assertEquals(line.length <= columns - 1, true, line);
    assertEquals(line.startsWith("epoch 2/10 51%"), true, line);
    assertEquals(line.endsWith(", 1 min 15 s left"), true, line);
  });
}
