import { assertEquals } from "deno-std/assert/mod.js";
import { duration, ProgressLine } from "../../lib/cli/support/progress.ts";

function line(terminal: boolean) {
  const written: string[] = [];
  const clock = { now: 0 };
  return {
    written,
    clock,
    progress: new ProgressLine({ terminal, write: (text) => void written.push(text), now: () => clock.now }),
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
  assertEquals(written, ["\r\x1b[Kencoding 0 of 4,000", "\r\x1b[Kencoding 1,000 of 4,000, 3 s left", "\r\x1b[K"]);
});

Deno.test("ProgressLine says something only now and then where a line can't be redrawn", () => {
  const { written, clock, progress } = line(false);
  for (; clock.now <= 40_000; clock.now += 1000) progress.show("sampling", clock.now / 1000, 160);
  progress.end();
  assertEquals(written, ["sampling 15 of 160, 2 min left\n", "sampling 30 of 160, 2 min left\n"]);
});

Deno.test("duration() says seconds, minutes and hours", () => {
  assertEquals([9.6, 99, 150, 7200].map(duration), ["10 s", "99 s", "3 min", "2 h 0 min"]);
});
