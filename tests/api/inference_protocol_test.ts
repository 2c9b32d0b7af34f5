import { assertEquals } from "deno-std/assert/mod.js";
import { writeTinyModel } from "../fixtures/tiny_model.ts";
import { openApp } from "../http/app.ts";
import { readProblem, readResponse } from "./_responses.ts";

const z = { name: "z", datatype: "FP32", shape: [2, 2], data: [0.5, -1, 2, 0] };

Deno.test("/v2 says what the server is and whether it is ready", async () => {
  await using app = await openApp();
  assertEquals((await readResponse(await app.get("/v2"), "Server")).name, "latentboard");
  assertEquals(await readResponse(await app.get("/v2/health/live"), "Live"), { live: true });
  assertEquals(await readResponse(await app.get("/v2/health/ready"), "Ready"), { ready: true });
  assertEquals(await readResponse(await app.get("/v2/models/tiny/ready"), "Ready"), { name: "tiny", ready: true });
});

Deno.test("GET /v2/models/<m> describes decoder and encoder", async () => {
  await using app = await openApp();
  const decoder = await readResponse(await app.get("/v2/models/tiny-colour"), "Graph");
  assertEquals(decoder.inputs, [{ name: "z", datatype: "FP32", shape: [-1, 3] }]);
  assertEquals(decoder.outputs.map(({ name }) => name), ["pixels", "image", "logits"]);
  const encoder = await readResponse(await app.get("/v2/models/tiny-colour:encoder"), "Graph");
  assertEquals(encoder.inputs, [{ name: "pixels", datatype: "UINT8", shape: [-1, 16, 16, 3] }]);
  assertEquals(encoder.outputs.map(({ name, shape }) => [name, ...shape]), [["mu", -1, 3], ["logvar", -1, 3]]);
  await readProblem(await app.get("/v2/models/nope"), 404);
  await readProblem(await app.get("/v2/models/tiny:other"), 400);
});

Deno.test("POST /v2/models/<m>/infer decodes, flat or nested, the outputs that are asked for", async () => {
  await using app = await openApp();
  const runtime = await app.services.models.get("tiny");
  const direct = await runtime.decode(Float32Array.from(z.data), 2, { logits: true, image: true });
  const all = await readResponse(await app.send("/v2/models/tiny/infer", { id: "a", inputs: [z] }), "Inferred");
  assertEquals([all.model_name, all.id], ["tiny", "a"]);
  assertEquals(all.outputs.map(({ name, datatype, shape }) => [name, datatype, ...shape]), [
    ["pixels", "UINT8", 2, 28, 28, 1],
    ["image", "FP32", 2, 28, 28, 1],
    ["logits", "FP32", 2, 28, 28, 1],
  ]);
  assertEquals(all.outputs.map(({ data }) => data), [
    Array.from(direct.pixels),
    Array.from(direct.image!),
    Array.from(direct.logits!),
  ]);

  const nested = { inputs: [{ ...z, data: [[0.5, -1], [2, 0]] }], outputs: [{ name: "logits" }] };
  const one = await readResponse(await app.send("/v2/models/tiny:decoder/infer", nested), "Inferred");
  assertEquals(one.outputs, [all.outputs[2]!]);
});

Deno.test("POST /v2/models/<m>:encoder/infer encodes pixels", async () => {
  await using app = await openApp();
  const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => i % 256);
  const input = { name: "pixels", datatype: "UINT8", shape: [1, 16, 16, 3], data: Array.from(pixels) };
  const answer = await readResponse(
    await app.send("/v2/models/tiny-colour:encoder/infer", { inputs: [input] }),
    "Inferred",
  );
  const runtime = await app.services.models.get("tiny-colour");
  const { mu, logvar } = await runtime.encode(pixels, 1);
  assertEquals(answer.outputs.map(({ data }) => data), [Array.from(mu), Array.from(logvar)]);

  const bad = { ...input, data: input.data.with(3, 256) };
  await readProblem(
    await app.send("/v2/models/tiny-colour:encoder/infer", { inputs: [bad] }),
    400,
    "inputs[0].data[3]",
  );
});

Deno.test("POST /v2/models/<m>/infer names the tensor's fault, in `error` too, as the protocol asks", async () => {
  await using app = await openApp();
  const cases: [unknown, string][] = [
    [{ inputs: [] }, "inputs"],
    [{ inputs: [z, z] }, "inputs"],
    [{ inputs: [{ ...z, name: "x" }] }, "inputs[0].name"],
    [{ inputs: [{ ...z, datatype: "INT64" }] }, "inputs[0].datatype"],
    [{ inputs: [{ ...z, shape: [2, 3] }] }, "inputs[0].shape"],
    [{ inputs: [{ ...z, shape: [4] }] }, "inputs[0].shape"],
    [{ inputs: [{ ...z, shape: [257, 2] }] }, "inputs[0].shape"],
    [{ inputs: [{ ...z, shape: [3, 2] }] }, "inputs[0].data"],
    [{ inputs: [{ ...z, data: [0, 1, 2, "3"] }] }, "inputs[0].data[3]"],
    [{ inputs: [{ ...z, data: [0, 1, 2, 1e39] }] }, "inputs[0].data[3]"],
    [{ inputs: [{ ...z, data: [[[[[0, 1, 2, 3]]]]] }] }, "inputs[0].data"],
    [
      { inputs: [{ name: "z", datatype: "FP32", shape: [1, 2], parameters: { binary_data_size: 8 } }] },
      "inputs[0].data",
    ],
    [{ inputs: [z], outputs: [{ name: "secret" }] }, "outputs[0].name"],
  ];
  for (const [body, field] of cases) {
    const response = await app.send("/v2/models/tiny/infer", body);
    const { error } = await response.clone().json() as { error: string };
    const { detail } = await readProblem(response, 400, field);
    assertEquals(error, detail);
  }
  await readProblem(await app.send("/v2/models/nope/infer", { inputs: [z] }), 404);
});

Deno.test("POST /v2/models/<m>/infer refuses an answer of too many numbers before anything runs", async () => {
  await using app = await openApp({ models: false });
  await writeTinyModel(app.models, { name: "large", size: 128 });
  const input = { ...z, shape: [256, 2], data: Array(512).fill(0) };
  await readProblem(await app.send("/v2/models/large/infer", { inputs: [input] }), 413, "inputs[0].shape");
  assertEquals((await app.services.models.status()).loaded, []);
});
