import { assertEquals } from "deno-std/assert/mod.js";
import { ProgressLine, StageClock } from "../../lib/cli/support/progress.ts";

function line(terminal: boolean, columns = 80) {
  const written: string[] = [];
  const clock = { now: 0 };
  return {
    written,
    clock,
    progress: new ProgressLine({
      terminal,
      columns: () => columns,
      write: (text) => void written.push(text),
      now: () => clock.now,
    }),
  };
}

Deno.test("ProgressLine redraws a line on a terminal, ten times a second at most, and takes it away", () => {
  const { written, clock, progress } = line(true);
  progress.show("encoding", 0, 4000);
  progress.show("encoding", 500, 4000);
  clock.now = 1000;
  progress.show("encoding", 1000, 4000);
  progress.end();
  progress.end();
  assertEquals(written, [
    "\r\x1b[K░░░░░░░░░░░░░░░░░░░░░░░░ encoding 0 of 4,000",
    "\r\x1b[K██████░░░░░░░░░░░░░░░░░░ encoding 1,000 of 4,000, 3.0 s left",
    "\r\x1b[K",
  ]);
  const narrow = line(true, 24);
  narrow.progress.show("encoding", 1000, 4000);
  assertEquals(narrow.written, ["\r\x1b[Kencoding 1,000 of 4,000".slice(0, 4 + 23)]);
});

Deno.test("ProgressLine says something only now and then where a line can't be redrawn", () => {
  const { written, clock, progress } = line(false);
  for (; clock.now <= 40_000; clock.now += 1000) progress.show("sampling", clock.now / 1000, 160);
  progress.end();
  assertEquals(written, ["sampling 15 of 160, 2 min 25 s left\n", "sampling 30 of 160, 2 min 10 s left\n"]);
});

Deno.test("StageClock counts a stage that goes on from where it began", () => {
  let now = 0;
  const clock = new StageClock(() => now);
  assertEquals(clock.describe("decoding", 900, 1000), "decoding 900 of 1,000");
  now = 10_000;
  assertEquals(clock.describe("decoding", 950, 1000), "decoding 950 of 1,000, 10 s left");
  assertEquals(clock.describe("decoding", 1000, 1000), "decoding 1,000 of 1,000");
});
