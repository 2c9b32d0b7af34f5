import { assert, assertEquals, assertRejects, assertStringIncludes } from "deno-std/assert/mod.js";
import { z } from "zod";
import { LatentboardError } from "../../lib/errors.ts";
import { readBytes, readJson, readPicture } from "../../lib/http/body.ts";
import { defineSchema } from "../../lib/http/schema.ts";

const point = defineSchema(z.strictObject({ model: z.string(), z: z.array(z.number()) }));

function post(body: BodyInit | null, type?: string, headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/", {
    method: "POST",
    body,
    headers: { ...headers, ...(type === undefined ? {} : { "content-type": type }) },
  });
}

async function refused(work: Promise<unknown>): Promise<LatentboardError> {
  return await assertRejects(() => work, LatentboardError);
}

/** A body of pieces that are made as they are read; `taken` counts them. */
function endless(piece: Uint8Array<ArrayBuffer>) {
  const state = { taken: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      state.taken++;
      controller.enqueue(piece);
    },
    cancel() {
      state.cancelled = true;
    },
  }, { highWaterMark: 0 });
  return { state, body };
}

Deno.test("readBytes() joins what comes in pieces", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>();
  const writer = writable.getWriter();
  writer.write(new Uint8Array([1, 2])).then(() => writer.write(new Uint8Array([3]))).then(() => writer.close());
  assertEquals(await readBytes(post(readable), { limit: 3 }), new Uint8Array([1, 2, 3]));
});

Deno.test("readBytes() stops an endless body at the limit and cancels it", async () => {
  const { state, body } = endless(new Uint8Array(1024));
  const error = await refused(readBytes(post(body), { limit: 10 * 1024 }));
  assertEquals(error.kind, "too-large");
  assertEquals(state.taken, 11);
  assert(state.cancelled);
});

Deno.test("readBytes() refuses a declared length before it reads anything", async () => {
  const { state, body } = endless(new Uint8Array(1));
  const error = await refused(readBytes(post(body, undefined, { "content-length": "5000000000" }), { limit: 1000 }));
  assertEquals(error.kind, "too-large");
  assertEquals(state.taken, 0);
});

Deno.test("readBytes() gives a slow body up", async () => {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({ pull: () => new Promise<void>(() => {}) });
  const error = await refused(readBytes(post(body), { limit: 10, timeout: 20 }));
  assertStringIncludes(error.message, "longer than");
});

Deno.test("readBytes() names a body that breaks off, and of one that is missing", async () => {
  const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.error(new Error("reset")),
  });
  assertStringIncludes((await refused(readBytes(post(broken), { limit: 10 }))).message, "broke off");
  assertStringIncludes((await refused(readBytes(post(null), { limit: 10 }))).message, "missing");
});

Deno.test("readJson() reads JSON of any JSON type and nothing else", async () => {
  const text = '{"model":"m","z":[1,-2.5]}';
  for (const type of ["application/json", "application/json; charset=utf-8", "application/problem+json"]) {
    assertEquals(await readJson(post(text, type), point), { model: "m", z: [1, -2.5] });
  }
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "text/json"]) {
    assertEquals((await refused(readJson(post(text, type), point))).kind, "unsupported");
  }
});

Deno.test("readJson() names the field that is wrong", async () => {
  const cases: [string, string, string][] = [
    ['{"model":1,"z":[]}', "model", "model must be text"],
    ['{"z":[1]}', "model", "model is missing"],
    ['{"model":"m","z":[1,"2"]}', "z[1]", "z[1] must be a finite number"],
    ['{"model":"m","z":[1,1e999]}', "z[1]", "z[1] must be a finite number"],
    ['{"model":"m","z":[0,NaN]}', "z[1]", "z[1] must be a finite number"],
    ['{"model":"m","z":[-Infinity]}', "z[0]", "z[0] must be a finite number"],
    ['{"model":"m","z":[],"more":1}', "more", "more is not known: leave it out"],
    ["[]", "body", "The body must be an object"],
    ["null", "body", "The body must be an object"],
  ];
  for (const [text, field, message] of cases) {
    const error = await refused(readJson(post(text, "application/json"), point));
    assertEquals([error.kind, error.field, error.message], ["invalid", field, message], text);
  }
});

Deno.test("readJson() says that a body is not JSON, or not UTF-8", async () => {
  for (const text of ["", "{", "<p>", '{"model": NaN', "[".repeat(100_000)]) {
    const error = await refused(readJson(post(text, "application/json"), point));
    assertEquals([error.kind, error.field], ["invalid", "body"], text.slice(0, 20));
  }
  const error = await refused(readJson(post(new Uint8Array([0x22, 0xff, 0x22]), "application/json"), point));
  assertStringIncludes(error.message, "UTF-8");
});

Deno.test("readPicture() takes a body of bytes or a form with one file", async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  for (const type of [undefined, "image/png", "application/octet-stream"]) {
    assertEquals(await readPicture(post(bytes, type)), bytes);
  }
  const form = new FormData();
  form.append("note", "text is passed over");
  form.append("picture", new Blob([bytes]), "../../../etc/passwd");
  assertEquals(await readPicture(post(form)), bytes);
});

Deno.test("readPicture() refuses other types, broken forms, and none or two files", async () => {
  assertEquals((await refused(readPicture(post("x", "text/html")))).kind, "unsupported");
  assertEquals((await refused(readPicture(post("x", "multipart/form-data; boundary=b")))).kind, "invalid");
  const form = new FormData();
  form.append("a", "text alone");
  assertEquals((await refused(readPicture(post(form)))).kind, "invalid");
  form.append("b", new Blob(["1"]), "b");
  form.append("c", new Blob(["2"]), "c");
  assertStringIncludes((await refused(readPicture(post(form)))).message, "it holds 2");
  assertStringIncludes((await refused(readPicture(post(new Uint8Array(), "image/png")))).message, "empty");
});

Deno.test("readPicture() caps a form while it streams", async () => {
  const { state, body } = endless(new Uint8Array(1024));
  const error = await refused(readPicture(post(body, "multipart/form-data; boundary=b"), 4096));
  assertEquals(error.kind, "too-large");
  assertEquals(state.taken, 5);
});
