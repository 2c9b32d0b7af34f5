// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task data`: gets, lists, shows and draws datasets. */
import {
  type Dataset,
  drawEmoji,
  FASHION_MNIST_FILES,
  getFashionMnist,
  type ImageSet,
  listDatasets,
  loadDataset,
  type LoadOptions,
} from "../dataset/mod.ts";
import { safeName } from "../dataset/clean_copy.ts";
import { getPublicSet, PUBLIC_SETS } from "../dataset/public_sets.ts";
import { LatentboardError } from "../errors.ts";
import { MAX_IMAGE_SIZE, MIN_IMAGE_SIZE } from "../protocol_runs.ts";
import { encodePng } from "../imaging/mod.ts";
import { type CommandSpec, describeCommand, type ParsedCommand, readSettings, type Settings } from "../settings.ts";
import { type ExitCode, runCommand } from "./support/command.ts";
import { runCheck } from "./support/data_check.ts";
import { rangeOption, SOURCE_OPTIONS } from "./support/data_options.ts";
import { contactSheet } from "./support/data_sheets.ts";
import { untilInterrupted } from "./support/interrupt.ts";
import {
  choiceOption,
  integerOption,
  refuseExtraArguments,
  requiredArgument,
  stringOption,
} from "./support/options.ts";
import { OUTPUT_FOLDER, outputPath, writeOutput } from "./support/output.ts";
import { ProgressLine } from "./support/progress.ts";

/** What `deno task data` takes. */
export const DATA: CommandSpec = {
  name: "data",
  summary: [
    "Gets, lists and shows datasets.",
    "",
    "  data                 get the full Fashion-MNIST: from --from, else Debian's dataset-fashion-mnist, else its home",
    `  data get <name>      one of ${PUBLIC_SETS.map(({ name }) => name).join(", ")}, into <home>/datasets`,
    "  data list            which datasets are here",
    "  data show <source>   counts, labels and sizes, and a contact sheet as PNG",
    "  data check <source>  what would spoil a training: broken files, duplicates, uneven labels, and sheets per label",
    "  data emoji           draw Debian's fonts-noto-color-emoji as 64×64 colour pictures",
    "",
    "A source is sample, fashion-mnist, emoji, the name of a folder in <home>/datasets, or a path to a folder, an archive",
    "or arrays of pictures: docs/data.md lists what is read.",
  ].join("\n"),
  arguments: "[get <name> | list | show <source> | check <source> | emoji]",
  options: {
    from: { kind: "string", value: "<folder>", help: "get: a folder with the files, or the address of a mirror" },
    out: {
      kind: "string",
      value: "<file>",
      help: "show: the contact sheet; check: the folder of them",
      default: `${OUTPUT_FOLDER}/<name>-contact-sheet.png`,
    },
    classes: { kind: "list", value: "<names>", help: "show: these labels alone" },
    ...SOURCE_OPTIONS,
    fix: { kind: "string", value: "<folder>", help: "check: write a clean copy there" },
    json: { kind: "boolean", help: "check: print the report as JSON" },
    font: { kind: "string", value: "<file>", help: "emoji: the font", default: "Debian's" },
  },
  examples: [
    "deno task data",
    "deno task data show sample",
    "deno task data show ~/pictures/cats --image-size 64",
    "deno task data emoji",
  ],
};

if (import.meta.main) {
  await runCommand(
    DATA,
    (command) => untilInterrupted((signal) => data(command, readSettings(command.options), signal)),
  );
}

/**
 * Runs the command.
 *
 * @param command what was asked for
 * @param settings where things are
 * @param signal stops it
 * @throws {LatentboardError} kind `invalid` for an unknown action, and whatever the action finds wrong
 */
export async function data(command: ParsedCommand, settings: Settings, signal: AbortSignal): Promise<ExitCode> {
  const [action, ...rest] = command.rest;
  const progress = new ProgressLine();
  const watch = {
    signal,
    onProgress: (at: { what: string; done: number; total: number }) => progress.show(at.what, at.done, at.total),
  };
  try {
    switch (action) {
      case undefined:
        await get(command, settings, watch);
        break;
      case "list":
        refuseExtraArguments(rest, 0);
        await list(settings);
        break;
      case "show":
        refuseExtraArguments(rest, 1);
        await show(requiredArgument(rest, "The source to show"), command, settings, watch, () => progress.end());
        break;
      case "get":
        refuseExtraArguments(rest, 1);
        await getNamed(requiredArgument(rest, "The dataset to get"), command, settings, watch, () => progress.end());
        break;
      case "check":
        refuseExtraArguments(rest, 1);
        await runCheck(
          requiredArgument(rest, "The source to check"),
          command,
          loadingOf(command.options, settings, watch),
          progress,
        );
        break;
      case "emoji":
        refuseExtraArguments(rest, 0);
        await emoji(command, settings, watch, () => progress.end());
        break;
      default:
        throw new LatentboardError(
          "invalid",
          `Unknown action "${action}": get <name>, list, show <source>, check <source> or emoji, see --help`,
        );
    }
  } finally {
    progress.end();
  }
  return 0;
}

interface Watch {
  readonly signal: AbortSignal;
  readonly onProgress: (at: { what: string; done: number; total: number }) => void;
}

async function get({ options }: ParsedCommand, { home }: Settings, watch: Watch): Promise<void> {
  const from = stringOption(options, "from");
  const { folder, origin } = await getFashionMnist({ home, ...watch, ...(from === undefined ? {} : { from }) });
  console.log(
    `Fashion-MNIST is in ${folder} (${origin}); the checksums of its ${FASHION_MNIST_FILES.length} files agree`,
  );
  console.log(`Train on it with: ${describeCommand("train --data fashion-mnist", { home: home })}`);
}

async function getNamed(
  name: string,
  command: ParsedCommand,
  settings: Settings,
  watch: Watch,
  endProgress: () => void,
): Promise<void> {
  if (name === "fashion-mnist") return await get(command, settings, watch);
  const from = stringOption(command.options, "from");
  const { folder, set } = await getPublicSet(name, { home: settings.home, from, ...watch });
  endProgress();
  console.log(`${name} is in ${folder}: ${set.about}`);
  console.log(`Licence: ${set.licence}`);
  console.log(set.next ?? `Train on it with: ${describeCommand(`train --data ${name}`, { home: settings.home })}`);
}

async function list(settings: Settings): Promise<void> {
  for (const { name, path, about } of await listDatasets(settings)) {
    console.log(
      [name.padEnd(16), about, path === undefined ? "" : `(${path})`].filter((part) => part !== "").join(" "),
    );
  }
}

async function emoji(
  { options }: ParsedCommand,
  { home }: Settings,
  watch: Watch,
  endProgress: () => void,
): Promise<void> {
  const { folder, count, missing } = await drawEmoji({ home, fontFile: stringOption(options, "font"), ...watch });
  endProgress();
  const newer = missing === 0 ? "" : `; this font lacks ${missing} that Unicode lists`;
  console.log(`Drew ${count.toLocaleString("en")} emoji into ${folder}${newer}`);
  console.log(`Look at them with: ${describeCommand("data show emoji", { home })}`);
}

async function show(
  source: string,
  { options }: ParsedCommand,
  settings: Settings,
  watch: Watch,
  endProgress: () => void,
): Promise<void> {
  const dataset = await loadDataset(source, loadingOf(options, settings, watch));
  endProgress();
  try {
    for (const line of describe(dataset)) console.log(line);
    const path = outputPath(options, `${safeName(dataset.name)}-contact-sheet.png`, [".png"]);
    await writeOutput(path, encodePng(contactSheet(dataset.train), { level: 9 }));
    console.log(`contact sheet  ${path}${dataset.labelNames.length > 0 ? ", one row per label, in this order" : ""}`);
  } finally {
    dataset.close();
  }
}

/** How `show` and `check` read a source: as `train` does. */
function loadingOf(options: ParsedCommand["options"], settings: Settings, watch: Watch): LoadOptions {
  return {
    ...watch,
    data: settings.data,
    home: settings.home,
    imageSize: integerOption(options, "image-size", undefined, { min: MIN_IMAGE_SIZE, max: MAX_IMAGE_SIZE }),
    channels: channelsOf(options),
    classes: options.classes as readonly string[] | undefined,
    fit: choiceOption(options, "fit", ["cover", "contain"] as const, undefined),
    labels: stringOption(options, "labels"),
    range: rangeOption(options),
  };
}

function channelsOf({ channels }: ParsedCommand["options"]): 1 | 3 | undefined {
  if (channels === undefined || channels === 1 || channels === 3) return channels;
  throw new LatentboardError("invalid", `--channels must be 1 (grey) or 3 (colour): current value is ${channels}`, {
    field: "channels",
  });
}

function describe(dataset: Dataset): string[] {
  const { name, train, validation, test, labelNames, licence, notes, warnings, skipped } = dataset;
  const colour = train.channels === 1 ? "grey" : "colour";
  const parts = [["training", train], ["held out", validation], ["test", test]] as const;
  const shown = skipped.slice(0, 10).map(({ file, reason }) => `skipped        ${file}: ${reason}`);
  return [
    `dataset        ${name}`,
    `pictures       ${train.width}×${train.height}, ${colour}`,
    ...parts.flatMap(([part, set]) =>
      set === undefined ? [] : [`${part.padEnd(14)} ${set.count.toLocaleString("en")}`]
    ),
    `labels         ${labelNames.length === 0 ? "none" : labelNames.length}`,
    ...labelNames.map((label, i) => `  ${label.padEnd(24)} ${countOf(train, i).toLocaleString("en").padStart(9)}`),
    ...(licence === undefined ? [] : [`licence        ${licence}`]),
    ...warnings.map((warning) => `warning        ${warning}`),
    ...notes.map((note) => `note           ${note}`),
    ...shown,
    ...(skipped.length > shown.length ? [`skipped        … ${skipped.length} files in all`] : []),
  ];
}

function countOf({ labels }: ImageSet, label: number): number {
  return labels?.reduce((sum, found) => found === label ? sum + 1 : sum, 0) ?? 0;
}
