import { assert, assertEquals } from "deno-std/assert/mod.js";
import { openApp } from "../http/app.ts";

type Json = Record<string, unknown>;

async function readDocument(): Promise<Json> {
  await using app = await openApp({ models: false });
  return await (await app.get("/openapi.json")).json() as Json;
}

/** Every route under routes/api and routes/v2 with the methods that its handler has. */
async function routesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) {
      found.push(...await routesOf(path));
      continue;
    }
    const { handler } = await import(`../../${path}`) as { handler: Json };
    const url = path.replace(/^routes/, "").replace(/\.tsx?$/, "").replace(/\/index$/, "").replace(
      /\[(\w+)\]/g,
      "{$1}",
    );
    found.push(...Object.keys(handler).filter((method) => method !== "HEAD").map((method) => `${method} ${url}`));
  }
  return found;
}

function* operationsOf(document: Json): Generator<[string, Json]> {
  for (const [path, methods] of Object.entries(document.paths as Record<string, Record<string, Json>>)) {
    for (const [method, operation] of Object.entries(methods)) yield [`${method.toUpperCase()} ${path}`, operation];
  }
}

Deno.test("/openapi.json describes each route of the API and no other", async () => {
  const described = [...operationsOf(await readDocument())].map(([route]) => route).toSorted();
  const folders = await Promise.all(["routes/api", "routes/v2", "routes/health"].map(routesOf));
  const routes = [...folders.flat(), "GET /metrics", "GET /openapi.json"].toSorted();
  assertEquals(described, routes);
});

Deno.test("/openapi.json is OpenAPI 3.1: operations are named once, path parameters declared, references hold", async () => {
  const document = await readDocument();
  assert(/^3\.1\./.test(document.openapi as string));
  const ids = new Set<unknown>();
  for (const [route, operation] of operationsOf(document)) {
    assert(!ids.has(operation.operationId), `${route} has a name of its own`);
    ids.add(operation.operationId);
    const declared = ((operation.parameters ?? []) as Json[]).filter((parameter) => parameter.in === "path");
    assertEquals(declared.map(({ name }) => name), [...route.matchAll(/\{(\w+)\}/g)].map((match) => match[1]), route);
    assert(declared.every(({ required }) => required === true));
    for (const [status, response] of Object.entries(operation.responses as Record<string, Json>)) {
      assert(/^[2-5]\d\d$/.test(status), `${route} ${status}`);
      assert(typeof response.description === "string");
    }
  }
  const schemas = (document.components as { schemas: Json }).schemas;
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
  const referred = new Set([...references].map(([, name]) => name!));
  for (const name of referred) assert(name in schemas, name);
  assertEquals([...referred].toSorted(), Object.keys(schemas).toSorted(), "no schema stands there for nothing");
});

Deno.test("/openapi.json shows the limits that are held", async () => {
  const document = await readDocument();
  const operations = new Map(operationsOf(document));
  // deno-lint-ignore no-explicit-any -- a JSON schema, looked into by its keys
  const bodyOf = (route: string) => (operations.get(route)!.requestBody as any).content["application/json"].schema;
  assertEquals(bodyOf("POST /api/interpolate").properties.frames.maximum, 240);
  assertEquals(bodyOf("POST /api/interpolate").required, ["model", "keys"]);
  assertEquals(bodyOf("POST /api/sample").properties.count.maximum, 256);
  const parameters = operations.get("POST /api/encode")!.parameters as { name: string; required: boolean }[];
  assertEquals(parameters.map(({ name, required }) => [name, required]), [["model", true], ["fit", false]]);
});
