// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/**
 * `deno task bench:install`: what a newcomer waits for. Clones the committed tree into a new folder, starts it with an
 * empty Deno cache until the board answers, then starts it again. Prints seconds and megabytes on disk; `--json` for
 * machines.
 */
import { join } from "node:path";
import { type CommandSpec, helpText, parseCommand } from "../lib/settings.ts";

interface Start {
  /** Seconds from the command to the first page that was answered. */
  readonly seconds: number;
}

const spec: CommandSpec = {
  name: "bench:install",
  summary: "Clones the committed tree and times a first start with an empty cache, and a later one.",
  options: { json: { kind: "boolean", help: "print one line of JSON" } },
};
const { options, help } = parseCommand(spec);
if (help) {
  console.log(helpText(spec));
  Deno.exit(0);
}

const folder = await Deno.makeTempDir({ prefix: "latentboard-install-" });
try {
  const clone = join(folder, "latentboard");
  const cache = join(folder, "cache");
  await run(["git", "clone", "--quiet", Deno.cwd(), clone]);
  const first = await start(clone, cache);
  const megabytes = await size(cache) / 1e6;
  const second = await start(clone, cache);
  if (options.json) {
    console.log(JSON.stringify({ firstSeconds: first.seconds, megabytes, laterSeconds: second.seconds }));
  } else {
    console.log(`first start   ${first.seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB fetched (on disk)`);
    console.log(`later start   ${second.seconds.toFixed(1)} s`);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function start(clone: string, cache: string): Promise<Start> {
  const began = performance.now();
  const server = new Deno.Command(Deno.execPath(), {
    args: ["task", "start", "--port", "0"],
    cwd: clone,
    env: { DENO_DIR: cache, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  try {
    const url = await firstAddress(server.stderr);
    const page = await fetch(url);
    if (!page.ok) throw new Error(`The board answered ${page.status}`);
    await page.body?.cancel();
    return { seconds: (performance.now() - began) / 1000 };
  } finally {
    server.kill("SIGTERM");
    await server.status;
  }
}

async function firstAddress(log: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of log) {
    text += decoder.decode(chunk, { stream: true });
    const address = text.match(/is at (http:\S+)/)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`The server ended before it listened:\n${text}`);
}

async function run([command, ...args]: string[]): Promise<void> {
  const { success } = await new Deno.Command(command!, { args, stdin: "null" }).spawn().status;
  if (!success) throw new Error(`${command} failed`);
}

async function size(path: string): Promise<number> {
  let bytes = 0;
  for await (const entry of Deno.readDir(path)) {
    const inner = join(path, entry.name);
    bytes += entry.isDirectory ? await size(inner) : (await Deno.lstat(inner)).size;
  }
  return bytes;
}
