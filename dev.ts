import { Builder } from "fresh/dev";
import { STYLE_SHEETS } from "./lib/http/style_sheets.ts";
import { bundleSharedBoard } from "./lib/share/bundle.ts";

const builder = new Builder({ target: "es2022" });
if (Deno.args.includes("build")) {
  await builder.build();
  await bundleSharedBoard([...STYLE_SHEETS, "share"]);
} else await builder.listen(() => import("./main.ts"), { hostname: "127.0.0.1" });
