import { assert, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { resolve } from "node:path";
import { LatentboardError } from "../lib/errors.ts";
import { type CommandSpec, describeCommand, helpText, parseCommand, readSettings } from "../lib/settings.ts";

const spec: CommandSpec = {
  name: "example",
  summary: "An example.",
  arguments: "<model>",
  options: {
    epochs: { kind: "number", value: "<n>", help: "how often the data is gone through", default: "10", short: "e" },
    data: { kind: "string", value: "<source>", help: "where pictures come from" },
    class: { kind: "list", value: "<name>", help: "a class to keep" },
    force: { kind: "boolean", help: "replace what is there" },
  },
};

const none = () => undefined;

Deno.test("parseCommand() types options by their kind and keeps the arguments in order", () => {
  const args = ["a", "--epochs", "3", "--class=x", "--class", "y", "--force", "b", "--data=sample"];
  assertEquals(parseCommand(spec, args), {
    options: { epochs: 3, class: ["x", "y"], force: true, data: "sample" },
    rest: ["a", "b"],
    help: false,
  });
});

Deno.test("parseCommand() takes lists as repeats and with commas, and commas within values behind a backslash", () => {
  assertEquals(parseCommand(spec, ["--class", "a, b", "--class=c", "--class", "d\\,e"]).options, {
    class: ["a", "b", "c", "d,e"],
  });
});

Deno.test("parseCommand() reads short options", () => {
  assertEquals(parseCommand(spec, ["-e", "4", "-h"]).options, { epochs: 4, help: true });
});

Deno.test("parseCommand() takes what follows -- as arguments", () => {
  assertEquals(parseCommand(spec, ["--", "--epochs"]).rest, ["--epochs"]);
});

for (
  const [args, message] of [
    [["--epoch", "3"], "Unknown option --epoch: did you mean --epochs?"],
    [["--daat", "3"], "Unknown option --daat: did you mean --data?"],
    [["--quux"], "Unknown option --quux: --help lists what there is"],
    [["--epochs"], "--epochs needs a value: how often the data is gone through"],
    [["--class", ","], "--class needs a value: a class to keep"],
    [["--data="], "--data needs a value: where pictures come from"],
    [["--epochs", "many"], '--epochs must be a number: current value is "many"'],
    [["--force=yes"], '--force takes no value: current value is "yes"'],
  ] as const
) {
  Deno.test(`parseCommand() refuses ${args.join(" ")} and says why`, () => {
    const error = assertThrows(() => parseCommand(spec, args), LatentboardError) as LatentboardError;
    assertEquals(error.message, message);
    assertEquals(error.kind, "invalid");
  });
}

Deno.test("helpText() names every option with its default", () => {
  const text = helpText(spec);
  assert(text.includes("Usage: deno task example <model> [options]"));
  assert(/-e, --epochs <n> +how often the data is gone through \(default 10\)/.test(text), text);
  assert(text.includes("--home <folder>"));
  assert(text.includes("a class to keep; commas or repeats"), text);
});

Deno.test("describeCommand() names the folders that are not the defaults, quoted where a shell needs it", () => {
  assertEquals(
    describeCommand("start", { home: resolve(".latentboard"), models: resolve("models") }),
    "deno task start",
  );
  assertEquals(
    describeCommand("train --resume a", { home: "/my home" }),
    "deno task train --resume a --home '/my home'",
  );
  assertEquals(describeCommand("start", { models: "/m" }), "deno task start --models /m");
});

Deno.test("readSettings() prefers a flag over the environment, and that over the default", () => {
  const environment = (name: string) => ({ PORT: "9000", LATENTBOARD_HOME: "/somewhere" })[name];
  assertEquals(readSettings({}, none).port, 8000);
  assertEquals(readSettings({}, environment).port, 9000);
  assertEquals(readSettings({ port: 0 }, environment).port, 0);
  assertEquals(readSettings({}, environment).home, "/somewhere");
  assertEquals(readSettings({}, none).host, "127.0.0.1");
  assertEquals(readSettings({}, none).providers, ["cuda", "webgpu", "cpu"]);
  assertEquals(readSettings({ providers: ["cpu"] }, none).providers, ["cpu"]);
  const providers = (name: string) => name === "LATENTBOARD_PROVIDERS" ? "webgpu, cpu" : undefined;
  assertEquals(readSettings({}, providers).providers, ["webgpu", "cpu"]);
});

Deno.test("readSettings() collects allowed hosts in lower case from flags or environment", () => {
  assertEquals(readSettings({ "allow-host": ["Board.Example"] }, none).allowedHosts, ["board.example"]);
  const environment = (name: string) => name === "LATENTBOARD_ALLOWED_HOSTS" ? "a.example, B.example,," : undefined;
  assertEquals(readSettings({}, environment).allowedHosts, ["a.example", "b.example"]);
});

Deno.test("readSettings() refuses a port or log level that is none", () => {
  assertThrows(() => readSettings({ port: 70_000 }, none), LatentboardError, "0 to 65535");
  assertThrows(() => readSettings({ port: 1.5 }, none), LatentboardError, "whole number");
  assertThrows(() => readSettings({ "log-level": "loud" }, none), LatentboardError, "log level");
});
