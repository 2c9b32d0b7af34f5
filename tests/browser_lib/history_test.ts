import { assertEquals } from "deno-std/assert/mod.js";
import { History } from "../../lib/browser/history.ts";

Deno.test("History walks back and forth and stays at its ends", () => {
  const history = new History("a");
  history.push("b");
  history.push("c");
  assertEquals([history.undo(), history.undo(), history.undo()], ["b", "a", "a"]);
  assertEquals([history.canUndo, history.canRedo], [false, true]);
  assertEquals([history.redo(), history.redo(), history.redo()], ["b", "c", "c"]);
  assertEquals([history.canUndo, history.canRedo], [true, false]);
});

Deno.test("History push() drops what lay ahead", () => {
  const history = new History("a");
  history.push("b");
  history.undo();
  history.push("c");
  assertEquals(history.canRedo, false);
  assertEquals([history.undo(), history.redo()], ["a", "c"]);
});

Deno.test("History forgets its oldest states beyond the limit", () => {
  const history = new History(0, 3);
  for (let state = 1; state <= 5; state++) history.push(state);
  assertEquals([history.undo(), history.undo(), history.undo()], [4, 3, 3]);
});
