import { assertEquals } from "deno-std/assert/mod.js";
import plugin from "../../lint/fresh.ts";

/** The specifiers that the rule reports in a file. */
function reported(source: string, file = "main.ts"): string[] {
  return Deno.lint.runPlugin(plugin, file, source)
    .map(({ message }) => /"(.*?)"/.exec(message)?.[1] ?? message);
}

Deno.test("fresh-specifiers lets the three entry points pass", () => {
  assertEquals(
    reported(`
      import { App } from "fresh";
      import { asset } from "fresh/runtime";
      import { Builder } from "fresh/dev";
      import freshen from "freshen";
      export * from "./lib/fresh.ts";
      const name = "fresh/internal";
      await import(name);
    `),
    [],
  );
});

Deno.test("fresh-specifiers reports every other way to Fresh", () => {
  assertEquals(
    reported(`
      import "fresh/internal";
      import type { App } from "@fresh/core";
      export { App } from "jsr:@fresh/core@2.3.3";
      export * from "./packages/fresh/src/app.ts";
      await import("fresh/runtime-client");
    `),
    [
      "fresh/internal",
      "@fresh/core",
      "jsr:@fresh/core@2.3.3",
      "./packages/fresh/src/app.ts",
      "fresh/runtime-client",
    ],
  );
});

Deno.test("fresh-specifiers leaves the package and its tests alone", () => {
  const source = 'import "../../packages/fresh/src/app.ts";';
  assertEquals(reported(source, "/app/tests/fresh/app_test.ts"), []);
  assertEquals(reported(source, "/app/packages/fresh/src/mod.ts"), []);
  assertEquals(reported(source, "/app/tests/lib/x_test.ts").length, 1);
});

Deno.test("fresh-navigation reports the attributes of a client that packages/fresh leaves out", () => {
  assertEquals(
    reported(
      'const page = <div f-client-nav f-other data-x="f-partial"><a f-partial="/x">f-partial</a></div>;',
      "x.tsx",
    ),
    ["f-client-nav", "f-partial"],
  );
});
