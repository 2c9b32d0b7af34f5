// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task data check`: a dataset looked through before training. */
import { join } from "node:path";
import { checkDataset, type DatasetReport, type HistogramBin } from "../../dataset/check.ts";
import { safeName, writeCleanCopy } from "../../dataset/clean_copy.ts";
import { nameSome } from "../../dataset/pictures/layout.ts";
import type { LoadOptions } from "../../dataset/mod.ts";
import { encodePng } from "../../imaging/mod.ts";
import { type ParsedCommand, resolveUserPath } from "../../settings.ts";
import { contactSheet, labelSheet } from "./data_sheets.ts";
import { stringOption } from "./options.ts";
import { OUTPUT_FOLDER, writeOutput } from "./output.ts";
import type { ProgressLine } from "./progress.ts";

/** Runs the check, prints the report, draws the sheets and writes the clean copy. */
export async function runCheck(
  source: string,
  { options }: ParsedCommand,
  loading: LoadOptions,
  progress: ProgressLine,
): Promise<void> {
  const checked = await checkDataset(source, loading);
  try {
    progress.end();
    const { report, parts } = checked;
    if (options.json === true) console.log(JSON.stringify(report, null, 2));
    else console.log(describeReport(report));
    const out = stringOption(options, "out");
    const sheets = out !== undefined ? resolveUserPath(out) : join(OUTPUT_FOLDER, `${safeName(report.name)}-check`);
    const written = [join(sheets, "all.png")];
    await writeOutput(written[0]!, encodePng(contactSheet(parts.train), { level: 9 }));
    for (const [label, name] of (parts.train.labels === undefined ? [] : parts.train.labelNames).entries()) {
      const sheet = labelSheet(parts.train, label);
      if (sheet === undefined) continue;
      const path = join(sheets, `${label}-${safeName(name)}.png`);
      await writeOutput(path, encodePng(sheet, { level: 9 }));
      written.push(path);
    }
    const say = options.json === true ? console.error : console.log;
    say(`contact sheets   ${sheets}, ${written.length} ${written.length === 1 ? "file" : "files"}`);
    const copy = stringOption(options, "fix");
    if (copy === undefined) return;
    const count = await writeCleanCopy(checked, resolveUserPath(copy), (done, total) => {
      progress.show("copying", done, total);
    });
    progress.end();
    say(`clean copy       ${resolveUserPath(copy)}, ${count.toLocaleString("en")} pictures`);
  } finally {
    checked.close();
  }
}

const SHOWN = 10;

/** The report as lines of a name and what was found. */
export function describeReport(report: DatasetReport): string {
  const { name, counts, width, height, colours, types, labels, sizes, aspects, skipped } = report;
  const { duplicates, nearDuplicates, acrossSplits, notes, warnings } = report;
  const number = (value: number) => value.toLocaleString("en");
  const listed = (all: Readonly<Record<string, number | undefined>>) =>
    Object.entries(all).map(([key, count]) => `${key} ${number(count ?? 0)}`).join(", ");
  const line = (what: string, text: string) => `${what.padEnd(16)} ${text}`;
  const some = <T>(what: string, all: readonly T[], text: (item: T) => string) => [
    ...all.slice(0, SHOWN).map((item) => line(what, text(item))),
    ...(all.length > SHOWN ? [line(what, `… ${number(all.length)} in all`)] : []),
  ];
  return [
    line("dataset", name),
    line("pictures", `${listed(counts)}; ${width}×${height}, ${colours}`),
    ...(Object.keys(types).length > 0 ? [line("types", listed(types))] : []),
    line("labels", labels.length === 0 ? "none" : String(labels.length)),
    ...labels.map((label) => `  ${label.name.padEnd(24)} ${listed(label.counts)}`),
    ...bars("shorter side", sizes),
    ...bars("aspect ratio", aspects),
    ...some("skipped", skipped, ({ file, reason }) => `${file}: ${reason}`),
    line(
      "duplicates",
      duplicates.length === 0
        ? "none"
        : `${number(duplicates.length)} ${duplicates.length === 1 ? "picture is" : "pictures are"} there several times`,
    ),
    ...some("  the same", duplicates, (group) => nameSome(group, 4)),
    line(
      "near duplicates",
      nearDuplicates.length === 0
        ? "none"
        : `${number(nearDuplicates.length)} ${nearDuplicates.length === 1 ? "pair looks" : "pairs look"} alike`,
    ),
    ...some("  alike", nearDuplicates, (pair) => pair.join(" ~ ")),
    ...(acrossSplits > 0
      ? [line("warning", `${number(acrossSplits)} of these lie both in training and in a held-out part`)]
      : []),
    ...warnings.map((warning) => line("warning", warning)),
    ...notes.map((note) => line("note", note)),
  ].join("\n");
}

const BAR = 30;

function bars(what: string, bins: readonly HistogramBin[]): string[] {
  const most = Math.max(...bins.map(({ count }) => count));
  return bins.map(({ range, count }, i) => {
    const bar = "█".repeat(Math.max(1, Math.round(BAR * count / most)));
    return `${(i === 0 ? what : "").padEnd(16)} ${range.padEnd(14)} ${count.toLocaleString("en").padStart(9)} ${bar}`;
  });
}
