// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task doctor`: what of this machine Latentboard can use, why not the rest, and the command that closes each gap. */
import { fileURLToPath } from "node:url";
import { probeProviders, PROVIDERS, useCudaCache } from "../inference/mod.ts";
import { listModels } from "../model/mod.ts";
import { type CommandSpec, readSettings, type Settings } from "../settings.ts";
import { findLibrary, LibraryUnavailableError } from "../tensorflow/mod.ts";
import * as checks from "./support/checks.ts";
import { runCommand } from "./support/command.ts";

const DOCTOR: CommandSpec = {
  name: "doctor",
  summary: "Tells what of this machine Latentboard can use, and how to close each gap.",
  options: { json: { kind: "boolean", help: "print the findings as JSON" } },
};

/** Looks at every part of the machine. */
export async function examine(
  settings: Settings,
  machine: checks.Machine = checks.THIS_MACHINE,
): Promise<checks.Finding[]> {
  return [
    checks.checkDeno(machine),
    await checks.checkProcessor(machine),
    checks.checkNvidia(machine),
    ...await checkEngines(settings, machine),
    await checks.checkPip(machine),
    ...await checkProviders(settings),
    await checkModels(settings),
    await checks.checkFashionMnist(machine, settings.home),
    await checks.checkEmojiFont(machine),
    await checks.checkDisk(machine, settings.home),
    await checks.checkChromium(machine),
  ];
}

/** libtensorflow, the engines that do without it, and the one that training takes. */
async function checkEngines(settings: Settings, machine: checks.Machine): Promise<checks.Finding[]> {
  const { examineFallbacks } = await import("../engines/examine.ts");
  const library = await checkTensorFlow(settings, machine);
  const fetched = settings.tensorflow === undefined && (await checks.checkPip(machine)).verdict === "ok" && "fetched";
  return [library, ...checks.checkEngines(library.verdict === "ok" || fetched, await examineFallbacks())];
}

async function checkTensorFlow(settings: Settings, machine: checks.Machine): Promise<checks.Finding> {
  let where: string;
  try {
    const library = await findLibrary({
      folder: settings.tensorflow,
      cache: `${settings.home}/cache/tensorflow`,
      download: false,
    });
    where = `${library.folder} (${library.source})`;
  } catch (error) {
    const part = "libtensorflow";
    const detail = error instanceof LibraryUnavailableError ? error.tried.join("; ") : (error as Error).message;
    if (settings.tensorflow !== undefined) return { part, verdict: "gap", detail, fix: "unset LATENTBOARD_TENSORFLOW" };
    return {
      part,
      verdict: "gap",
      detail: `${detail}; the first training fetches it`,
      fix: "deno task train --epochs 1",
    };
  }
  const opener = fileURLToPath(new URL("support/tensorflow_version.ts", import.meta.url));
  const output = await machine.run(Deno.execPath(), ["run", "-A", "--quiet", "--no-lock", opener, settings.home]);
  return checks.checkLibrary(where, output);
}

async function checkProviders(settings: Settings): Promise<checks.Finding[]> {
  useCudaCache(settings.home);
  const { available, rejected } = await probeProviders();
  return PROVIDERS.map((name): checks.Finding => {
    const part = `ONNX Runtime ${name}`;
    if (available.includes(name)) return { part, verdict: "ok", detail: "opens a graph" };
    const detail = rejected.find((entry) => entry.name === name)?.reason ?? "was not tried";
    if (detail.includes(GPU_TASK)) return { part, verdict: "gap", detail, fix: GPU_TASK };
    return { part, verdict: "note", detail };
  });
}

async function checkModels(settings: Settings): Promise<checks.Finding> {
  const names = await listModels(settings.models);
  if (names.length > 0) return { part: "models", verdict: "ok", detail: names.join(", ") };
  return { part: "models", verdict: "gap", detail: `none in ${settings.models}`, fix: "deno task train" };
}

/** What fetches the libraries for an NVIDIA card. */
const GPU_TASK = "deno task gpu";

const MARKS: Record<checks.Verdict, string> = { ok: "ok  ", gap: "GAP ", note: "-   " };

/** The findings as text, one line each, the fix below its gap. */
export function report(findings: readonly checks.Finding[]): string {
  const width = Math.max(...findings.map(({ part }) => part.length));
  return findings.map(({ part, verdict, detail, fix }) => {
    const line = `${MARKS[verdict]} ${part.padEnd(width)}  ${detail}`;
    return fix === undefined ? line : `${line}\n     ${" ".repeat(width)}  → ${fix}`;
  }).join("\n");
}

if (import.meta.main) {
  await runCommand(DOCTOR, async ({ options }) => {
    const findings = await examine(readSettings(options));
    if (options.json) console.log(JSON.stringify(findings, null, 2));
    else console.log(report(findings));
  });
}
