import { assertEquals } from "deno-std/assert/mod.js";
import { sheetCell } from "../../lib/browser/sheet.ts";

Deno.test("sheetCell() walks the sheet row by row", () => {
  assertEquals([0, 3, 4].map((index) => sheetCell(index, 112, { width: 28, height: 20 })), [
    { x: 0, y: 0 },
    { x: 84, y: 0 },
    { x: 0, y: 20 },
  ]);
});
