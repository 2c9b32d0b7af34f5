import { assertEquals } from "deno-std/assert/mod.js";
import { ignore, tensorflow } from "./_engine.ts";

Deno.test({
  name: "a process that used TensorFlow ends well, and TensorFlow writes nothing to its terminal",
  ignore,
  async fn() {
    const child = new URL("./_child.ts", import.meta.url);
    const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", child.href, tensorflow().origin.folder],
    }).output();
    const decoder = new TextDecoder();
    assertEquals(
      { code, signal, output: decoder.decode(stdout).trim(), errors: decoder.decode(stderr).trim() },
      { code: 0, signal: null, output: "12", errors: "" },
    );
  },
});
