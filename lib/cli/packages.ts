/**
 * What a task does before its command where that command needs packages: fetches the missing ones in sight of the
 * person, as `deno run --quiet` would fetch them without a word. Imports no package itself.
 */
import { fetchPackages } from "./support/packages.ts";
import { runCommand } from "./support/command.ts";

/** What the largest ones bring along, in megabytes on disk: serving's part, and the rest. */
const LARGE: Readonly<Record<string, number>> = { "onnxruntime-node": 340, "@tensorflow/tfjs-node-gpu": 430 };

if (import.meta.main) {
  await runCommand({ name: "packages", summary: "Fetches the packages that are missing.", options: {} }, async () => {
    await fetchPackages({
      lock: "deno.lock",
      entrypoints: ["lib/cli/train.ts"],
      announce: (missing) => {
        const size = Object.entries(LARGE)
          .reduce((sum, [name, part]) => missing.some((one) => one.startsWith(`${name}@`)) ? sum + part : sum, 0);
        return `Fetching ${missing.length} packages${size > 0 ? ` (about ${size} MB on disk)` : ""} ` +
          "for all tasks at once. Later runs fetch nothing.";
      },
    });
  });
}
