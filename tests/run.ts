// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/**
 * `deno task test`: runs the whole suite, keeps its exit code, and ends with one line of counts. Arguments go on to
 * `deno test`, so `deno task test tests/onnx --filter parity` works. libtensorflow is fetched once where there is none;
 * tests of what can't be had on a machine are skipped by name.
 */
import { readSettings } from "../lib/settings.ts";
import { findLibrary } from "../lib/tensorflow/mod.ts";

const report = await Deno.makeTempFile({ suffix: ".xml" });
const [targets, flags] = [
  Deno.args.filter((arg) => !arg.startsWith("-")),
  Deno.args.filter((arg) => arg.startsWith("-")),
];

const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    "test",
    "-A",
    "--no-check",
    "--lock=deno.lock",
    `--junit-path=${report}`,
    ...flags,
    ...(targets.length > 0 ? targets : ["tests"]),
  ],
  stdin: "null",
  env: { TF_CPP_MIN_LOG_LEVEL: "2", NO_COLOR: "1", ...await tensorflow() },
}).spawn().status;

const { passed, failed, skipped } = count(await Deno.readTextFile(report));
await Deno.remove(report);
for (const name of skipped) console.log(`skipped: ${name}`);
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
Deno.exit(code);

/** Where libtensorflow is, for the tests and the processes that they start. */
async function tensorflow(): Promise<Record<string, string>> {
  const { home, tensorflow } = readSettings();
  let said = "";
  try {
    const { folder } = await findLibrary({
      folder: tensorflow,
      cache: `${home}/cache/tensorflow`,
      report: ({ message }) => {
        if (message !== said) console.log(said = message);
      },
    });
    return { LATENTBOARD_TENSORFLOW: folder };
  } catch (error) {
    console.log(`Tests of TensorFlow will be skipped: ${(error as Error).message}`);
    return {};
  }
}

/** Counts the test cases of a JUnit report. A suite that broke before its tests shows by the exit code alone. */
function count(xml: string): { passed: number; failed: number; skipped: string[] } {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  for (
    const [, name = "", selfClosed, body = ""] of xml.matchAll(
      /<testcase name="([^"]*)"[^>]*?(?:(\/)>|>(.*?)<\/testcase>)/gs,
    )
  ) {
    if (!selfClosed && body.includes("<skipped")) skipped.push(unescape(name));
    else if (!selfClosed && /<(failure|error)/.test(body)) failed++;
    else passed++;
  }
  return { passed, failed, skipped };
}

function unescape(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&apos;", "'")
    .replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
