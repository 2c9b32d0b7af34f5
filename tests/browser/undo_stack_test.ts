import { assertEquals } from "deno-std/assert/mod.js";
import { UndoStack } from "../../lib/browser/undo_stack.ts";

Deno.test("UndoStack walks back and forth and stays at its ends", () => {
  const history = new UndoStack("a");
  history.push("b");
  history.push("c");
  assertEquals([history.undo(), history.undo(), history.undo()], ["b", "a", "a"]);
  assertEquals([history.canUndo, history.canRedo], [false, true]);
  assertEquals([history.redo(), history.redo(), history.redo()], ["b", "c", "c"]);
  assertEquals([history.canUndo, history.canRedo], [true, false]);
});

Deno.test("UndoStack push() drops what lay ahead", () => {
  const history = new UndoStack("a");
  history.push("b");
  history.undo();
  history.push("c");
  assertEquals(history.canRedo, false);
  assertEquals([history.undo(), history.redo()], ["a", "c"]);
});

Deno.test("UndoStack forgets its oldest states beyond the limit", () => {
  const history = new UndoStack(0, 3);
  for (let state = 1; state <= 5; state++) history.push(state);
  assertEquals([history.undo(), history.undo(), history.undo()], [4, 3, 3]);
});
