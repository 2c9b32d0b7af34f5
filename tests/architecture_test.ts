/**
 * The data's way through lib/ as a test: each folder may import the ones above it in this list, never one below, and
 * what opens native code or reads the environment stays in one place.
 */
import { assert, assertEquals } from "deno-std/assert/mod.js";
import { dirname, join, normalize } from "node:path";

/** From the top down; folders of one line are siblings that don't know each other. */
const ORDER: readonly (readonly string[])[] = [
  ["lib/errors.ts", "lib/wording.ts", "lib/log.ts", "lib/protocol.ts", "lib/tensorflow"],
  ["lib/settings.ts", "lib/system", "lib/protocol_runs.ts"],
  ["lib/latent", "lib/imaging", "lib/charts", "lib/tensorboard"],
  ["lib/model"],
  ["lib/dataset"],
  ["lib/vae"],
  ["lib/training", "lib/onnx", "lib/inference", "lib/engines", "lib/sampling"],
  ["lib/pipeline"],
  ["lib/gallery", "lib/runs", "lib/uploads"],
  ["lib/http", "lib/evaluation"],
  ["lib/share"],
  ["lib/cli"],
];

/** What islands and the code behind them may import besides each other. */
const ISLAND_PACKAGES = new Set([
  "preact",
  "preact/hooks",
  "@preact/signals",
  "fresh/runtime",
  "uplot",
  "ml-pca",
  "umap-js",
  "eventsource-parser/stream",
  "mediabunny",
  "fflate/browser",
]);
const ISLAND_FOLDERS = [
  "islands",
  "components",
  "lib/browser",
  "lib/latent",
  "lib/protocol.ts",
  "lib/protocol_runs.ts",
];

interface Import {
  readonly file: string;
  readonly target: string;
}

async function sourcesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await sourcesOf(path));
    else if (/\.tsx?$/.test(entry.name)) found.push(path);
  }
  return found.sort();
}

async function importsOf(file: string): Promise<Import[]> {
  const source = await Deno.readTextFile(file);
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*"([^"]+)"|(?:^|\n)import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/g;
  return [...source.matchAll(pattern)].map((match) => {
    const written = (match[1] ?? match[2] ?? match[3])!;
    return {
      file,
      target: written.startsWith(".") ? normalize(join(dirname(file), written)).replaceAll("\\", "/") : written,
    };
  });
}

const rank = (path: string) => ORDER.findIndex((line) => line.some((place) => isIn(path, place)));
const placeOf = (path: string) => ORDER.flat().find((place) => isIn(path, place));
const isIn = (path: string, place: string) => path === place || path.startsWith(`${place}/`);
const LIB = await sourcesOf("lib");
const IMPORTS = (await Promise.all(LIB.map(importsOf))).flat();

/** The longest chain of imports; throws where imports run in a circle. */
function longestChain(imports: readonly Import[]): string[] {
  const targets = Map.groupBy(imports, ({ file }) => file);
  const known = new Map<string, string[]>();
  const chainFrom = (place: string, above: readonly string[]): string[] => {
    if (above.includes(place)) throw new Error([...above.slice(above.indexOf(place)), place].join(" imports "));
    const found = known.get(place) ?? [
      place,
      ...longest((targets.get(place) ?? []).map(({ target }) => chainFrom(target, [...above, place]))),
    ];
    known.set(place, found);
    return found;
  };
  return longest([...targets.keys()].map((place) => chainFrom(place, [])));
}

const longest = (chains: readonly string[][]) => chains.reduce((a, b) => b.length > a.length ? b : a, []);
const WITHIN_LIB = IMPORTS.filter(({ target }) => LIB.includes(target));

Deno.test("no file of lib/ imports itself by way of others, types included", () => {
  longestChain(WITHIN_LIB);
});

Deno.test("the app has at most seven floors of folders, each importing the one below it", async () => {
  const pages = await Promise.all((await sourcesOf("routes")).map(importsOf));
  const folderOf = (path: string) => /^(?:lib\/[^/.]+|routes)(?=\/)/.exec(path)?.[0];
  const between = [...IMPORTS, ...pages.flat()].flatMap(({ file, target }) => {
    const [above, below] = [folderOf(file), folderOf(target)];
    return above === undefined || below === undefined || above === below ? [] : [{ file: above, target: below }];
  });
  const chain = longestChain(between);
  assert(chain.length > 1 && chain.length <= 7, chain.join(" imports "));
});

Deno.test("every file of lib/ has a place in the order", () => {
  assertEquals(LIB.filter((file) => rank(file) < 0 && !isIn(file, "lib/browser")), []);
});

Deno.test("lib/ imports upwards only, and siblings don't know each other", () => {
  const wrong = IMPORTS.filter(({ file, target }) => {
    if (!target.startsWith("lib/") || isIn(file, "lib/browser") || placeOf(file) === placeOf(target)) return false;
    return rank(target) >= rank(file);
  });
  assertEquals(wrong, []);
});

Deno.test("lib/tensorflow can be published alone: it is entered by three files, and imports nothing else of the app", async () => {
  const files = [...LIB, ...await sourcesOf("routes"), ...await sourcesOf("benches"), "tests/run.ts"];
  const imports = (await Promise.all(files.map(importsOf))).flat();
  const entries = ["mod.ts", "libc.ts", "nvidia.ts"].map((name) => `lib/tensorflow/${name}`);
  const inside = (path: string) => isIn(path, "lib/tensorflow");
  const wrong = imports.filter(({ file, target }) =>
    inside(file) ? /^(lib|packages)\//.test(target) && !inside(target) : inside(target) && !entries.includes(target)
  );
  assertEquals(wrong, []);
});

Deno.test("lib/tensorflow has at most eight files on top of each other", () => {
  const chain = longestChain(WITHIN_LIB.filter(({ file }) => isIn(file, "lib/tensorflow")));
  assert(chain.length <= 8, chain.join(" imports "));
});

Deno.test("lib/ never imports routes, islands, components, tests or benches", () => {
  assertEquals(IMPORTS.filter(({ target }) => /^(routes|islands|components|tests|benches)\//.test(target)), []);
});

Deno.test("islands, components and lib/browser import the allowed packages and folders only", async () => {
  const files = [
    ...await sourcesOf("islands"),
    ...await sourcesOf("components"),
    ...await sourcesOf("lib/browser"),
    ...await sourcesOf("lib/latent"),
  ];
  const imports = (await Promise.all(files.map(importsOf))).flat();
  const wrong = imports.filter(({ target }) =>
    !ISLAND_PACKAGES.has(target) && !ISLAND_FOLDERS.some((place) => isIn(target, place))
  );
  assertEquals(wrong, []);
});

Deno.test("the app knows Fresh by its three public specifiers alone", async () => {
  const files = [
    "main.ts",
    "dev.ts",
    ...await sourcesOf("routes"),
    ...await sourcesOf("islands"),
    ...await sourcesOf("components"),
    ...LIB,
  ];
  const imports = (await Promise.all(files.map(importsOf))).flat();
  const wrong = imports.filter(({ target }) =>
    (/fresh/.test(target) && !target.startsWith("lib/") && !["fresh", "fresh/runtime", "fresh/dev"].includes(target)) ||
    target.startsWith("packages/")
  );
  assertEquals(wrong, []);
});

for (
  const [what, pattern, allowed] of [
    ["dlopen", /\bDeno\.dlopen\b/, ["lib/tensorflow"]],
    ["onnxruntime-node", /from "onnxruntime-node"|import\("onnxruntime-node"\)/, ["lib/inference"]],
    ["the environment", /\bDeno\.env\.(get|toObject)\b|\bprocess\.env\b/, ["lib/settings.ts"]],
    ["the command line", /\bDeno\.args\b/, ["lib/settings.ts", "lib/cli"]],
    ["node:sqlite", /from "node:sqlite"/, ["lib/gallery", "lib/jobs"]],
    ["the engine's JavaScript", /\b(?:from|import)\s*\(?\s*"@tensorflow\//, [
      "lib/tensorflow",
      "lib/vae",
      "lib/training",
      "lib/engines",
      "lib/pipeline",
    ]],
  ] as const
) {
  Deno.test(`${what} is touched in ${allowed.join(", ")} alone`, async () => {
    const wrong: string[] = [];
    for (const file of LIB) {
      if (allowed.some((place) => isIn(file, place))) continue;
      if (pattern.test(withoutComments(await Deno.readTextFile(file)))) wrong.push(file);
    }
    assertEquals(wrong, []);
  });
}

Deno.test("a mod.ts only re-exports", async () => {
  for (const file of LIB.filter((path) => path.endsWith("/mod.ts"))) {
    const rest = withoutComments(await Deno.readTextFile(file)).replace(
      /export\s+(type\s+)?(\*|\{[^}]*\})\s*from\s*"[^"]+";/g,
      "",
    );
    assertEquals(rest.trim(), "", file);
  }
});

function withoutComments(source: string): string {
  return source.replace(/\/\*.*?\*\//gs, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}
