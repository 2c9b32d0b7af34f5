/**
 * What a task does before its command where that command needs packages: fetches the missing ones in sight of the
 * person, as `deno run --quiet` would fetch them without a word. Imports no package itself.
 */
import { fetchPackages } from "./_packages.ts";
import { runCommand } from "./command.ts";

/** What a first run fetches, in megabytes on disk: everything, and what is left once `deno task start` has run. */
const MEGABYTES = { all: 770, afterStart: 430 };

if (import.meta.main) {
  await runCommand({ name: "packages", summary: "Fetches the packages that are missing.", options: {} }, async () => {
    await fetchPackages({
      lock: "deno.lock",
      entrypoints: ["lib/cli/train.ts"],
      announce: (missing) => {
        const size = missing.some((name) => name.startsWith("onnxruntime-node@"))
          ? MEGABYTES.all
          : MEGABYTES.afterStart;
        return `First run: fetching ${missing.length} packages (about ${size} MB on disk), for every task at once. ` +
          "Later runs fetch nothing.";
      },
    });
  });
}
