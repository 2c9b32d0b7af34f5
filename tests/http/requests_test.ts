import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import {
  decodeRequest,
  encodeQuery,
  galleryChange,
  galleryListQuery,
  interpolateRequest,
  moveRequest,
  readQuery,
  saveRequest,
  zipRequest,
} from "../../lib/http/requests.ts";
import type { Schema } from "../../lib/http/schema.ts";

function fieldOf<T>(schema: Schema<T>, value: unknown): string | undefined {
  const error = assertThrows(() => schema.parse(value), LatentboardError);
  assertEquals(error.kind, "invalid");
  return error.field;
}

Deno.test("decodeRequest takes one latent or up to 256, and names the number that is wrong in either", () => {
  assertEquals(decodeRequest.parse({ model: "m", z: [0, 1] }).z, [0, 1]);
  assertEquals(decodeRequest.parse({ model: "m", z: [[0, 1], [2, 3]] }).z, [[0, 1], [2, 3]]);
  assertEquals(fieldOf(decodeRequest, { model: "m", z: [0, "1"] }), "z[1]");
  assertEquals(fieldOf(decodeRequest, { model: "m", z: [[0, 1], [2, null]] }), "z[1][1]");
  assertEquals(fieldOf(decodeRequest, { model: "m", z: [] }), "z");
  assertEquals(fieldOf(decodeRequest, { model: "m", z: [[]] }), "z[0]");
  assertEquals(fieldOf(decodeRequest, { model: "m", z: Array.from({ length: 257 }, () => [0]) }), "z");
  assertEquals(fieldOf(decodeRequest, { model: "m", z: [1e300] }), "z[0]");
  assertEquals(fieldOf(decodeRequest, { model: "m", z: "abc" }), "z");
  assertEquals(fieldOf(decodeRequest, { model: "m" }), "z");
});

Deno.test("requests refuse names that would touch a path", () => {
  for (const model of ["../secrets", "a/b", "", ".hidden", "A", "a".repeat(65), "a\u0000", "a\n", "модель"]) {
    assertEquals(fieldOf(moveRequest, { seq: 1, model, z: [0] }), "model", model);
  }
});

Deno.test("moveRequest takes whole sequence numbers and known fields alone", () => {
  assertEquals(moveRequest.parse({ seq: 0, model: "m", z: [1] }), { seq: 0, model: "m", z: [1] });
  assertEquals(fieldOf(moveRequest, { seq: 1.5, model: "m", z: [1] }), "seq");
  assertEquals(fieldOf(moveRequest, { seq: -1, model: "m", z: [1] }), "seq");
  assertEquals(fieldOf(moveRequest, { seq: 1, model: "m", z: [1], other: "x" }), "other");
  assertEquals(fieldOf(moveRequest, { seq: 1, model: "m", z: [1], __proto__x: 1 }), "__proto__x");
});

Deno.test("interpolateRequest bounds keys, frames and what an export may ask", () => {
  const keys = [[0], [1]];
  assertEquals(interpolateRequest.parse({ model: "m", keys, frames: 240 }).frames, 240);
  assertEquals(fieldOf(interpolateRequest, { model: "m", keys: [[0]] }), "keys");
  assertEquals(fieldOf(interpolateRequest, { model: "m", keys, frames: 241 }), "frames");
  assertEquals(fieldOf(interpolateRequest, { model: "m", keys, frames: 1 }), "frames");
  assertEquals(fieldOf(interpolateRequest, { model: "m", keys, method: "cubic" }), "method");
  assertEquals(fieldOf(interpolateRequest, { model: "m", keys, delayMs: 5 }), "delayMs");
  assertEquals(fieldOf(interpolateRequest, { model: "m", keys, scale: 17 }), "scale");
});

Deno.test("saveRequest and galleryChange bound tags and refuse control characters in them", () => {
  assertEquals(saveRequest.parse({ model: "m", z: [0], tags: ["<b>shoe</b>", "靴"] }).tags, ["<b>shoe</b>", "靴"]);
  assertEquals(fieldOf(saveRequest, { model: "m", z: [0], tags: ["a\u0007"] }), "tags[0]");
  assertEquals(fieldOf(galleryChange, { tags: ["x".repeat(41)] }), "tags[0]");
  assertEquals(fieldOf(galleryChange, { tags: Array(21).fill("a") }), "tags");
  assertEquals(fieldOf(galleryChange, { starred: "yes" }), "starred");
});

Deno.test("zipRequest takes 1 to 500 ids that are ids", () => {
  assertEquals(fieldOf(zipRequest, { ids: [] }), "ids");
  assertEquals(fieldOf(zipRequest, { ids: ["../x"] }), "ids[0]");
  assertEquals(fieldOf(zipRequest, { ids: Array(501).fill("a") }), "ids");
});

Deno.test("readQuery() reads text as numbers and switches, and refuses what it does not know", () => {
  const url = (query: string) => new URL(`http://localhost/?${query}`);
  assertEquals(readQuery(url("model=m"), encodeQuery), { model: "m" });
  assertEquals(readQuery(url("limit=20&starred=false&order=oldest"), galleryListQuery), {
    limit: 20,
    starred: false,
    order: "oldest",
  });
  for (const query of ["limit=0", "limit=201", "limit=x", "starred=1", "order=best", "page=2"]) {
    const error = assertThrows(() => readQuery(url(query), galleryListQuery), LatentboardError);
    assertEquals(error.field, query.split("=")[0], query);
  }
});
