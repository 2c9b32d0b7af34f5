// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/**
 * `deno task check`: formatting, lint, types, documentation and locks. `--fix` formats and rewrites the locks instead
 * of failing on a difference.
 */
import { RUNTIME_VERSION } from "../lib/share/runtime_files.ts";

interface GraphInfo {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<Record<string, { readonly dependencies: readonly string[] }>>;
}

interface Lock {
  readonly specifiers: Record<string, string>;
  readonly npm: Record<string, unknown>;
}

const SOURCE = /\.tsx?$/;
const fix = Deno.args.includes("--fix");
const pages = [...await find("routes", SOURCE), ...await find("islands", SOURCE)];
const serveGraph = ["main.ts", "dev.ts", "lib/cli/serve.ts", "lib/cli/share.ts", ...pages];
const everyFile = [
  ...serveGraph,
  ...(await Promise.all(["lib", "tests", "benches"].map((folder) => find(folder, SOURCE)))).flat(),
];
const documented = await find("lib", /\/mod\.ts$/);

const failed: string[] = [];
await step("format", ["fmt", "--quiet", ...(fix ? [] : ["--check"])]);
await step("lint", ["lint", "--quiet"]);
await step("types", ["check", "--quiet", "."]);
await checkDocumentation();
await remakeLock();
await remakeServeLock();
await remakeShareLock();
if (failed.length > 0) {
  console.log(`\n${failed.length} of the checks failed; deno task check --fix formats and remakes the locks`);
  Deno.exit(1);
}

async function step(name: string, args: string[]): Promise<void> {
  const { success, stdout, stderr } = await deno(args);
  report(name, success);
  if (!success) console.log((stdout + stderr).split("\n").slice(-60).join("\n"));
}

/**
 * Lints the documentation of what each folder exports. A description is asked for where something happens, in functions
 * and classes; of a field, a type or a method it is often no more than the name again, and is left to its author.
 */
async function checkDocumentation(): Promise<void> {
  const { success, stderr } = await deno(["doc", "--quiet", "--lint", ...documented]);
  const faults = stderr.split(/\n(?=error\[)/).filter((fault) => /^error\[/.test(fault.trim())).filter((fault) =>
    !fault.includes("error[missing-jsdoc]") ||
    /^\d* *\| export (default )?(abstract |async )?(function|class)\b/m.test(fault)
  );
  const readable = success || /Found \d+ documentation lint error/.test(stderr);
  report("documentation", readable && faults.length === 0);
  if (!readable) console.log(stderr);
  for (const fault of faults) console.log(fault.trim());
}

function report(what: string, ok: boolean): void {
  console.log(`${ok ? "ok    " : "FAILED"} ${what}`);
  if (!ok) failed.push(what);
}

async function deno(args: string[]): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" }, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  return { success, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/**
 * Remakes serve.lock: the part of deno.lock that the serving graph reaches. A lock that held every package would make a
 * first start fetch training and tests too.
 */
async function remakeServeLock(): Promise<void> {
  const needed = new Set<string>();
  for (const entry of serveGraph) {
    const { stdout, success } = await deno(["info", "--json", entry]);
    if (!success) return report(`serve.lock: ${entry} can't be read`, false);
    const info = JSON.parse(stdout) as GraphInfo;
    const waiting = info.modules.flatMap((module) => module.npmPackage ?? []);
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      if (needed.has(key)) continue;
      needed.add(key);
      waiting.push(...info.npmPackages[key]?.dependencies ?? []);
    }
  }
  const whole = JSON.parse(await Deno.readTextFile("deno.lock")) as Lock;
  const part: Lock = {
    ...whole,
    specifiers: Object.fromEntries(
      Object.entries(whole.specifiers).filter(([specifier, version]) =>
        needed.has(`${packageName(specifier)}@${version}`)
      ),
    ),
    npm: Object.fromEntries(Object.entries(whole.npm).filter(([key]) => needed.has(key))),
  };
  const text = JSON.stringify(part, null, 2) + "\n";
  const same = text === await Deno.readTextFile("serve.lock").catch(() => "");
  if (!same && fix) await Deno.writeTextFile("serve.lock", text);
  report("serve.lock is the serving part of deno.lock", same || fix);
}

/** Lets Deno complete deno.lock from deno.json and every file, on a copy, and compares. */
async function remakeLock(): Promise<void> {
  const before = await Deno.readTextFile("deno.lock");
  const copy = await Deno.makeTempFile({ suffix: ".lock" });
  try {
    await Deno.writeTextFile(copy, before);
    const { success, stderr } = await deno(["install", "--quiet", `--lock=${copy}`, "--entrypoint", ...everyFile]);
    if (!success) return report(`deno.lock can't be remade: ${stderr.trim().split("\n").at(-1)}`, false);
    const after = await Deno.readTextFile(copy);
    if (after !== before && fix) await Deno.writeTextFile("deno.lock", after);
    report("deno.lock holds what deno.json and the sources ask for", after === before || fix);
  } finally {
    await Deno.remove(copy);
  }
}

/**
 * Remakes share.lock, which holds what shared boards alone need. It is no part of deno.lock: training would fetch it.
 */
async function remakeShareLock(): Promise<void> {
  const before = await Deno.readTextFile("share.lock").catch(() => "");
  const copy = await Deno.makeTempFile({ suffix: ".lock" });
  try {
    if (before === "") await Deno.remove(copy);
    else await Deno.writeTextFile(copy, before);
    const { success, stderr } = await deno([
      "cache",
      "--quiet",
      `--lock=${copy}`,
      `npm:onnxruntime-web@${RUNTIME_VERSION}`,
    ]);
    if (!success) return report(`share.lock can't be remade: ${stderr.trim().split("\n").at(-1)}`, false);
    const after = await Deno.readTextFile(copy);
    if (after !== before && fix) await Deno.writeTextFile("share.lock", after);
    report("share.lock holds onnxruntime-web", after === before || fix);
  } finally {
    await Deno.remove(copy);
  }
}

function packageName(specifier: string): string {
  const name = specifier.replace(/^npm:/, "");
  return name.slice(0, name.indexOf("@", 1));
}

async function find(folder: string, pattern: RegExp): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await find(path, pattern));
    else if (pattern.test(path)) found.push(path);
  }
  return found.sort();
}
