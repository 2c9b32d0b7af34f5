import { assertEquals } from "deno-std/assert/mod.js";
import { countOf, nearNames } from "../lib/wording.ts";

Deno.test("countOf() writes numbers and nouns as people do", () => {
  assertEquals(countOf(1, "picture"), "1 picture");
  assertEquals(countOf(12_000, "picture"), "12,000 pictures");
  assertEquals(countOf(0, "class", "classes"), "0 classes");
});

Deno.test("nearNames() takes slips of the hand, in any case, before words that begin alike", () => {
  const names = ["learningRate", "learningCurve", "epochs"];
  assertEquals(nearNames("learningrate", names), ["learningRate"]);
  assertEquals(nearNames("learnignRate", names), ["learningRate"]);
  assertEquals(nearNames("learn", names), ["learningRate", "learningCurve"]);
  assertEquals(nearNames("ep", names), []);
  assertEquals(nearNames("quux", names), []);
});
