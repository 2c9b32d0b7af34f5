// deno-lint-ignore-file no-console -- a task speaks to the person at the terminal
/**
 * Checks the packages of deno.lock against known advisories: asks the registry's service first, with `--refresh`, and
 * keeps its answer in tests/advisories.json; where it can't be reached the saved copy decides.
 */
import { parse } from "deno-std/semver/parse.js";
import { parseRange } from "deno-std/semver/parse_range.js";
import { satisfies } from "deno-std/semver/satisfies.js";
import { listRegistries } from "../lib/cli/support/packages.ts";
import { basename } from "node:path";

/** What the service says of a package, of which more is not kept. */
export interface Advisory {
  readonly title: string;
  readonly severity: string;
  readonly url: string;
  readonly vulnerable_versions: string;
}

/** The saved copy. */
export interface Advisories {
  /** When the service was asked last; absent before it ever was. */
  readonly savedAt?: string;
  /** By package. */
  readonly advisories: Readonly<Record<string, readonly Advisory[]>>;
}

const COPY = "tests/advisories.json";
const TIMEOUT_MS = 20_000;

/** The versions of each npm package in a lock. */
export function lockedPackages(lock: string): Record<string, string[]> {
  const { npm = {} } = JSON.parse(lock) as { npm?: Record<string, unknown> };
  const packages: Record<string, string[]> = {};
  for (const key of Object.keys(npm)) {
    const at = key.indexOf("@", 1);
    const version = key.slice(at + 1).split("_")[0]!; // what follows names its peers
    (packages[key.slice(0, at)] ??= []).push(version);
  }
  return packages;
}

/**
 * Asks a registry for the advisories of packages.
 *
 * @throws {Error} when it can't be reached or does not answer as registries do
 */
export async function fetchAdvisories(
  registry: string,
  packages: Readonly<Record<string, readonly string[]>>,
): Promise<Advisories> {
  const response = await fetch(`${registry}/-/npm/v1/security/advisories/bulk`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(packages),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`it answers ${response.status} ${response.statusText}`);
  const found = await response.json() as Record<string, Advisory[]>;
  const advisories = Object.fromEntries(
    Object.entries(found).map(([name, list]) => [
      name,
      list.map(({ title, severity, url, vulnerable_versions }) => ({ title, severity, url, vulnerable_versions })),
    ]),
  );
  return { savedAt: new Date().toISOString(), advisories };
}

/** One line per package and advisory that meets it. */
export function affectedPackages(
  packages: Readonly<Record<string, readonly string[]>>,
  { advisories }: Advisories,
): string[] {
  return Object.entries(packages).flatMap(([name, versions]) =>
    versions.flatMap((version) =>
      (advisories[name] ?? [])
        .filter((advisory) => satisfies(parse(version), parseRange(advisory.vulnerable_versions)))
        .map(({ severity, title, url }) => `${name} ${version}: ${severity}: ${title} (${url})`)
    )
  );
}

if (import.meta.main) {
  const packages = lockedPackages(await Deno.readTextFile("deno.lock"));
  let known = JSON.parse(await Deno.readTextFile(COPY)) as Advisories;
  if (Deno.args.includes("--refresh")) {
    try {
      const [registry] = await listRegistries(); // the one that the packages came from
      known = await fetchAdvisories(`https://${basename(registry!)}`, packages);
      await Deno.writeTextFile(COPY, JSON.stringify(known, null, 2) + "\n");
    } catch (error) {
      console.log(`The advisory service can't be reached (${error instanceof Error ? error.message : error})`);
    }
  }
  const lines = affectedPackages(packages, known);
  for (const line of lines) console.log(line);
  const source = known.savedAt === undefined
    ? "nothing is known yet: run it with --refresh where the advisory service can be reached"
    : `by the copy of ${known.savedAt.slice(0, 10)}`;
  console.log(`${Object.keys(packages).length} packages, ${lines.length} advisories, ${source}`);
  if (lines.length > 0 || known.savedAt === undefined) Deno.exit(1);
}
