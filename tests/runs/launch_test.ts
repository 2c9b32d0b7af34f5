import { assert, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import {
  checkLaunchRequest,
  launchArguments,
  type LaunchRequest,
  serveLauncher,
  SHARE_RUNTIME,
  spawnTrainer,
} from "../../lib/runs/launch.ts";
import type { RunSummary } from "../../lib/protocol_runs.ts";
import { runPath } from "../../lib/runs/mod.ts";
import { readRunProcess } from "../../lib/training/control.ts";
import { SMALL } from "../api/_runs.ts";
import { inFolder } from "../fixtures/folder.ts";
import { ignore } from "../tensorflow/_engine.ts";

Deno.test("checkLaunchRequest() takes runs and estimates by id alone", () => {
  assertEquals(checkLaunchRequest({ request: 1, action: "train", id: "faces-1" }), { action: "train", id: "faces-1" });
  for (
    const request of [
      undefined,
      null,
      "train",
      { action: "eval", id: "a" },
      { action: "train" },
      { action: "train", id: "" },
      { action: "train", id: "--allow-all" },
      { action: "train", id: "../../etc" },
      { action: "train", id: "a..b" },
      { action: "train", id: "a/b" },
      { action: "estimate", id: ["a"] },
    ]
  ) assertThrows(() => checkLaunchRequest(request), LatentboardError, "Only a run or an estimate");
});

Deno.test("launchArguments() start the programs of deno task train and deno task share, and nothing else", () => {
  const args = launchArguments({ action: "train", id: "faces-1" }, { home: "/h", models: "/m" });
  assertEquals(args.filter((arg) => /\.ts$/.test(arg)), ["lib/cli/train.ts"]);
  const request = checkLaunchRequest({ action: "share", id: SHARE_RUNTIME });
  const share = launchArguments(request, { home: "/h", models: "/m" });
  assertEquals(share.slice(share.indexOf("lib/cli/share.ts")), ["lib/cli/share.ts", "--prepare", "--home", "/h"]);
  assertThrows(() => checkLaunchRequest({ action: "share", id: "faces-1" }), LatentboardError);
  assertEquals(args.slice(args.indexOf("--resume")), ["--resume", "faces-1", "--home", "/h", "--models", "/m"]);
});

Deno.test("serveLauncher() answers each request, and passes over what is none", async () => {
  const asked: unknown[] = [];
  const answers: string[] = [];
  const lines = [
    "a line that something printed",
    JSON.stringify({ request: 1, action: "train", id: "one" }),
    JSON.stringify({ request: 2, action: "train", id: "two" }),
  ];
  const output = ReadableStream.from([
    new TextEncoder().encode(lines.join("\n").slice(0, 70)),
    new TextEncoder().encode(lines.join("\n").slice(70) + "\n"),
  ]);
  await serveLauncher(
    output,
    (bytes) => Promise.resolve(void answers.push(new TextDecoder().decode(bytes))),
    (request) => {
      asked.push((request as LaunchRequest).id);
      return asked.length === 1
        ? Promise.resolve({ code: 0, error: "" })
        : Promise.reject(new LatentboardError("unavailable", "no room"));
    },
  );
  await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(asked, ["one", "two"]);
  assertEquals(answers.map((line) => JSON.parse(line)), [
    { request: 1, code: 0, error: "" },
    { request: 2, code: 1, error: "no room" },
  ]);
});

Deno.test("spawnTrainer() says how a process ended that could not begin", () =>
  inFolder(async (folder) => {
    const { code, error } = await spawnTrainer({ action: "train", id: "nothing" }, { home: folder, models: folder });
    assertEquals([code, error.trim()], [1, 'error: There is no run "nothing": there are no runs yet']);
  }));

/** What `deno task start` runs, and the address that it said. */
async function startServer(folder: string): Promise<{ process: Deno.ChildProcess; origin: string }> {
  const config = JSON.parse(await Deno.readTextFile("deno.json")) as { tasks: { start: { command: string } } };
  const [, ...args] = config.tasks.start.command.split(" ");
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args, "--port", "0", "--providers", "cpu", "--home", `${folder}/home`, "--models", `${folder}/models`],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    text += next.value;
    const origin = /is at (http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
    if (origin === undefined) continue;
    (async () => {
      while (!(await reader.read()).done);
    })();
    return { process, origin };
  }
  throw new Error(`The server did not start: ${text}`);
}

Deno.test("the server's own rights hold no run", async () => {
  const { permissions } = JSON.parse(await Deno.readTextFile("deno.json")) as {
    permissions: Record<string, Record<string, unknown>>;
  };
  assertEquals(permissions.serve!.run, undefined);
});

Deno.test({
  name: "deno task start trains without the right to run; its run lives on when it is killed, and is found again",
  ignore: ignore || Deno.build.os === "windows",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/models`);
      let { process, origin } = await startServer(folder);
      const request = async <T>(path: string, body?: unknown): Promise<T> => {
        const response = await fetch(origin + path, {
          ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
          headers: { "content-type": "application/json" },
        });
        assert(response.ok, `${path}: ${response.status}`);
        return await response.json() as T;
      };
      const until = async (id: string, state: string) => {
        let run = await request<RunSummary>(`/api/runs/${id}`);
        for (let waited = 0; run.state !== state && waited < 400; waited++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          run = await request<RunSummary>(`/api/runs/${id}`);
        }
        assertEquals(run.state, state, run.failure);
      };
      const { id } = await request<RunSummary>("/api/runs", { config: { ...SMALL, name: "outlives", epochs: 5000 } });
      try {
        await until(id, "running");
        const before = await readRunProcess(runPath(`${folder}/home`, id));
        process.kill("SIGKILL"); // the server ends with it: its standard input closes
        await process.status;
        ({ process, origin } = await startAgain(folder));
        await until(id, "running");
        assertEquals(await readRunProcess(runPath(`${folder}/home`, id)), before, "the same process");
        await request(`/api/runs/${id}/stop`, { keep: "model" });
        await until(id, "finished");
        const models = await request<{ name: string }[]>("/api/models");
        assertEquals(models.map(({ name }) => name), ["outlives"]);
      } finally {
        process.kill("SIGTERM");
        await process.status;
      }
    }),
});

/** The server of a launcher that was killed holds the home for a moment. */
async function startAgain(folder: string): ReturnType<typeof startServer> {
  for (let attempt = 1;; attempt++) {
    try {
      return await startServer(folder);
    } catch (error) {
      if (attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
