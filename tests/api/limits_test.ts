/** Each limit of the API stands in lib/protocol.ts, and everything that holds it reads it there. */
import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { checkTags, prepareQuery } from "../../lib/gallery/query.ts";
import { openApiDocument } from "../../lib/http/openapi.ts";
import { boardUrl, decodeLatents, encodeLatents, parseBoardUrl } from "../../lib/browser/board_url.ts";
import * as protocol from "../../lib/protocol.ts";
import {
  DEFAULT_PAGE_SIZE,
  MAX_KEYS,
  MAX_LATENT_DIM,
  MAX_LATENT_VALUE,
  MAX_PAGE_SIZE,
  MAX_PICTURES,
  MAX_TAG_LENGTH,
  MAX_TAGS,
} from "../../lib/protocol.ts";

type Json = Readonly<Record<string, unknown>>;

/** The bounds in a schema by their path, such as `keys.maxItems`. Bounds of 0 and 1 only say "none" and "not empty". */
function boundsOf(schema: Json, path = ""): Record<string, unknown> {
  const bounds: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    const isBound = /^(?:minimum|maximum|(?:min|max)(?:Items|Length))$/.test(key);
    if (isBound && value !== 0 && value !== 1) bounds[path + key] = value;
    if (key === "properties") {
      for (const [name, property] of Object.entries(value as Json)) {
        Object.assign(bounds, boundsOf(property as Json, `${path}${name}.`));
      }
    } else if (key === "items") {
      Object.assign(bounds, boundsOf(value as Json, `${path}[].`));
    } else if (key === "anyOf") {
      for (const one of value as Json[]) Object.assign(bounds, boundsOf(one, path));
    }
  }
  return bounds;
}

/** What /openapi.json says of a route's body or query. */
function schemaOf(route: string): Json {
  const [method, path] = route.split(" ") as [string, string];
  // deno-lint-ignore no-explicit-any -- a JSON document, looked into by its keys
  const operation = (openApiDocument("0.0.0").paths as any)[path][method.toLowerCase()];
  if (operation.requestBody !== undefined) return operation.requestBody.content["application/json"].schema;
  const parameters = operation.parameters as { name: string; schema: Json }[];
  return { properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])) };
}

const latent = (path: string) => ({
  [`${path}.maxItems`]: MAX_LATENT_DIM,
  [`${path}.[].minimum`]: -MAX_LATENT_VALUE,
  [`${path}.[].maximum`]: MAX_LATENT_VALUE,
});

const EXPECTED: Readonly<Record<string, Json>> = {
  "POST /api/streams/{id}/move": { "seq.maximum": Number.MAX_SAFE_INTEGER, ...latent("z") },
  "POST /api/decode": {
    ...latent("z.[]"),
    "z.[].minimum": -MAX_LATENT_VALUE,
    "z.[].maximum": MAX_LATENT_VALUE,
    "z.maxItems": MAX_PICTURES,
    "columns.maximum": protocol.MAX_COLUMNS,
  },
  "POST /api/interpolate": {
    "keys.minItems": protocol.MIN_KEYS,
    "keys.maxItems": MAX_KEYS,
    ...latent("keys.[]"),
    "frames.minimum": protocol.MIN_FRAMES,
    "frames.maximum": protocol.MAX_FRAMES,
    "delayMs.minimum": protocol.MIN_DELAY_MS,
    "delayMs.maximum": protocol.MAX_DELAY_MS,
    "scale.maximum": protocol.MAX_SCALE,
    "columns.maximum": protocol.MAX_COLUMNS,
  },
  "POST /api/sample": {
    "seed.maximum": protocol.MAX_SEED,
    "count.maximum": MAX_PICTURES,
    "first.maximum": protocol.MAX_FIRST_SAMPLE,
    "temperature.maximum": protocol.MAX_TEMPERATURE,
    "columns.maximum": protocol.MAX_COLUMNS,
  },
  "POST /api/traverse": {
    ...latent("z"),
    "dimensions.maxItems": MAX_PICTURES,
    "dimensions.[].maximum": Number.MAX_SAFE_INTEGER,
    "values.minItems": protocol.MIN_STEPS,
    "values.maxItems": protocol.MAX_STEPS,
    "values.[].minimum": -MAX_LATENT_VALUE,
    "values.[].maximum": MAX_LATENT_VALUE,
    "steps.minimum": protocol.MIN_STEPS,
    "steps.maximum": protocol.MAX_STEPS,
  },
  "POST /api/manifold": latent("z"),
  "POST /api/save": {
    ...latent("z"),
    "seed.maximum": protocol.MAX_SEED,
    "temperature.maximum": protocol.MAX_TEMPERATURE,
    "tags.maxItems": MAX_TAGS,
  },
  "PATCH /api/gallery/{id}": { "tags.maxItems": MAX_TAGS },
  "POST /api/gallery/zip": { "ids.maxItems": protocol.MAX_ZIP_PICTURES },
  "POST /api/gallery/change": {
    "ids.maxItems": protocol.MAX_ZIP_PICTURES,
    "addTags.maxItems": MAX_TAGS,
    "removeTags.maxItems": MAX_TAGS,
  },
  "GET /api/gallery": {
    "q.maxLength": protocol.MAX_SEARCH_LENGTH,
    "limit.maximum": MAX_PAGE_SIZE,
    "cursor.maxLength": protocol.MAX_CURSOR_LENGTH,
  },
};

for (const [route, expected] of Object.entries(EXPECTED)) {
  Deno.test(`/openapi.json gives ${route} the limits of the protocol and no others`, () => {
    assertEquals(boundsOf(schemaOf(route)), expected);
  });
}

Deno.test("the gallery takes what the schemas take, and no more", () => {
  const tags = Array.from({ length: MAX_TAGS }, (_, i) => String(i).padEnd(MAX_TAG_LENGTH, "x"));
  assertEquals(checkTags(tags).length, MAX_TAGS);
  assertThrows(() => checkTags([...tags, "one more"]), LatentboardError, `${MAX_TAGS} at most`);
  assertThrows(
    () => checkTags(["x".repeat(MAX_TAG_LENGTH + 1)]),
    LatentboardError,
    `1 to ${MAX_TAG_LENGTH} characters`,
  );
  // deno-lint-ignore no-explicit-any -- a JSON schema, looked into by its keys
  const { pattern } = (schemaOf("POST /api/save") as any).properties.tags.items;
  assertEquals(pattern, protocol.TAG_PATTERN.source);
  assertEquals(prepareQuery({ limit: MAX_PAGE_SIZE }).limit, MAX_PAGE_SIZE);
  assertThrows(() => prepareQuery({ limit: MAX_PAGE_SIZE + 1 }), LatentboardError, `1 to ${MAX_PAGE_SIZE}`);
  assertEquals(prepareQuery({}).limit, DEFAULT_PAGE_SIZE);
});

Deno.test("a link of the board holds what an interpolation takes, and no more", () => {
  const keys = Array.from({ length: MAX_KEYS + 1 }, (_, i) => [i]);
  assertEquals(parseBoardUrl(new URL(boardUrl({ keys }), "http://localhost")).keys, keys.slice(0, MAX_KEYS));
  const longest = Array(MAX_LATENT_DIM).fill(0.1).map(Math.fround);
  assertEquals(decodeLatents(encodeLatents(longest)), longest);
  assertEquals(decodeLatents(encodeLatents([...longest, 1])), undefined);
});

/** Where a limit would be held: in a comparison, a bound of a schema, an attribute of a form, or a pattern's repetition. */
const BOUND =
  /(?:[<>]=?\s*|\.(?:min|max|length)\(|\b(?:min|max)(?:Length)?=\{|\{\d+,)(\d[\d_]*(?:e\d+)?(?: \*\* \d+)?)/g;

Deno.test("no limit of the protocol is written a second time as a number", async () => {
  const limits = new Set(Object.values(protocol).filter((value) => typeof value === "number" && value > 10));
  const found: string[] = [];
  const read = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) {
        await read(path);
        continue;
      }
      for (const [i, line] of (await Deno.readTextFile(path)).split("\n").entries()) {
        if (/\bstatus\b/.test(line)) continue; // 500 is a limit and an HTTP status
        for (const [text, number] of line.matchAll(BOUND)) {
          const [base, power = "1"] = number!.replaceAll("_", "").split(" ** ");
          if (limits.has(Number(base) ** Number(power))) found.push(`${path}:${i + 1}: ${text}`);
        }
      }
    }
  };
  for (const folder of ["lib/http", "lib/gallery", "lib/browser", "components", "islands", "routes"]) {
    await read(folder);
  }
  assertEquals(found, []);
});
