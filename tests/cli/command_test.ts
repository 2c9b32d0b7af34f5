import { assertEquals, assertMatch } from "deno-std/assert/mod.js";
import { ROOT } from "./_training.ts";

/** Runs a command whose main throws, in a process of its own. */
async function faultOf(main: string, rights: readonly string[] = ["--allow-read", "--allow-env"]): Promise<string> {
  const source = `
    import { runCommand } from ${JSON.stringify(new URL("../../lib/cli/support/command.ts", import.meta.url).href)};
    await runCommand({ name: "example", summary: "", options: {} }, async () => { ${main} }, []);`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--quiet",
      ...rights,
      "data:text/typescript," + encodeURIComponent(source),
    ],
    cwd: ROOT,
  }).output();
  assertEquals(code, 1);
  const text = new TextDecoder().decode(stderr).trim();
  assertEquals(text.split("\n").length, 1, text);
  return text;
}

Deno.test("runCommand() shows a fault of ours in one line, without its stack", async () => {
  assertEquals(
    await faultOf("undefined.x"),
    "error: Cannot read properties of undefined (reading 'x') (--log-level debug shows where)",
  );
});

Deno.test("runCommand() says which path may not be written, and speaks of no flags of the runtime", async () => {
  const text = await faultOf('await Deno.writeTextFile("/somewhere/x", "")');
  assertMatch(text, /^error: This command has no right to write \/somewhere\/x: choose another place/);
});

Deno.test({
  name: "runCommand() names the path of a full disk",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const text = await faultOf('await Deno.writeFile("/dev/full", new Uint8Array(1))', ["-A"]);
    assertEquals(text, "error: The disk that holds /dev/full is full: free some space, then try again");
  },
});
