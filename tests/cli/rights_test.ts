/** The rights of the server: what it uses when it does all that it can, as Deno itself records it, and no more. */
import { assert, assertEquals } from "deno-std/assert/mod.js";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildIslands } from "../../lib/cli/support/build.ts";
import { inFolder } from "../fixtures/folder.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

/** Read only where a person gives a path with `~`, or no flag instead. */
const SOMETIMES = ["HOME", "USERPROFILE", "PORT", "LATENTBOARD_HOME", "LATENTBOARD_MODELS"];

interface AuditEvent {
  readonly permission: string;
  readonly value: unknown;
}

/** Asks the server for everything that needs a right of its own. */
async function useServer(origin: string): Promise<void> {
  const json = { "content-type": "application/json" };
  const post = (path: string, body: BodyInit, headers: Record<string, string> = json) =>
    fetch(origin + path, { method: "POST", headers, body });
  const picture = await post("/api/decode", '{"model":"tiny","z":[0,0]}', { ...json, accept: "image/png" });
  const png = await picture.bytes();
  const strip = '{"model":"tiny","keys":[[0,0],[1,1]],"frames":60,"scale":4}';
  const responses = await Promise.all([
    fetch(`${origin}/`),
    fetch(`${origin}/gallery`),
    fetch(`${origin}/models`),
    fetch(`${origin}/runs`),
    fetch(`${origin}/metrics`),
    fetch(`${origin}/api/status`),
    fetch(`${origin}/api/datasets`),
    fetch(`${origin}/api/models/tiny/model.zip`),
    post("/api/interpolate", strip, { ...json, accept: "image/webp" }),
    post("/api/interpolate", strip, { ...json, accept: "image/gif" }),
    post("/api/encode?model=tiny", png, { "content-type": "image/png" }),
    post("/api/save", '{"model":"tiny","z":[0,0]}'),
  ]);
  for (const response of responses) {
    const text = await response.text();
    assert(response.ok, `${response.url}: ${text.slice(0, 200)}`);
  }
}

/** As the launcher makes them, with no more rights than it has. */
async function serverArguments(home: string, models: string): Promise<string[]> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-lock", "-P=launch", "tests/cli/_server_arguments.ts", home, models],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test({
  name: "the server uses the rights that deno.json gives it, all of them, and asks for no other",
  ignore: Deno.build.os !== "linux", // elsewhere packages ask for other things
  fn: () =>
    inFolder(async (folder) => {
      await buildIslands();
      await writeTinyModel(join(folder, "models"));
      const audit = join(folder, "audit.jsonl");
      const flags = { home: join(folder, "home"), models: join(folder, "models"), port: 0 };
      const server = new Deno.Command(Deno.execPath(), {
        args: [
          ...await serverArguments(flags.home, flags.models),
          ...["--port", "0", "--home", flags.home, "--models", flags.models],
        ],
        env: { DENO_AUDIT_PERMISSIONS: audit, NO_COLOR: "1" },
        stdin: "piped",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      let text = "";
      const log = server.stderr.pipeThrough(new TextDecoderStream()).getReader();
      let origin: string | undefined;
      while (origin === undefined) {
        const { done, value } = await log.read();
        if (done) throw new Error(`The server did not start: ${text}`);
        text += value;
        origin = /is at (http:\/\/[^\s/]+)/.exec(text)?.[1];
      }
      await useServer(origin);
      await server.stdin.close();
      await log.cancel();
      await server.status;

      const events = (await Deno.readTextFile(audit)).trim().split("\n").map((line) => JSON.parse(line) as AuditEvent);
      const used = (permission: string) =>
        [...new Set(events.filter((event) => event.permission === permission).map(({ value }) => String(value)))]
          .sort();
      const { permissions } = JSON.parse(await Deno.readTextFile("deno.json"));
      const { env, sys, ...rest } = permissions.serve as Record<string, string[]>;
      assertEquals(rest, {}, "what depends on the settings is given by the launcher");
      assertEquals(used("env").filter((name) => !env!.includes(name)), []);
      assertEquals(env!.filter((name) => !used("env").includes(name) && !SOMETIMES.includes(name)), [], "not used");
      assertEquals(used("sys"), [...sys!].sort());
      assertEquals(used("run"), []);
      // Drivers are looked for; where there are none, nothing but the packages' native code is opened.
      const native = used("ffi").filter((path) => !/^lib(?:vulkan|cuda|nvidia-ml)\.so\.1$/.test(path));
      const packages = native.map((path) => /\/(onnxruntime-node|@img)\//.exec(path)?.[1] ?? path);
      const hasGpu = ["/dev/nvidiactl", "/dev/dri", "/dev/dxg"].some((path) => existsSync(path));
      if (!hasGpu) assertEquals([...new Set(packages)].sort(), ["@img", "onnxruntime-node"]);
    }),
});
