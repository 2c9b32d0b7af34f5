/**
 * The only reader of the environment and of the command line.
 *
 * Order: a flag wins over the environment, the environment over the default. Nothing here imports a package, so that
 * `deno task start` can explain itself before anything is fetched.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { LatentboardError } from "./errors.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";
import { PROVIDERS } from "./protocol.ts";
import { nearNames } from "./wording.ts";

/** Where things are and how the server listens. Paths are absolute. */
export interface Settings {
  /** What a user makes: gallery, caches, runs. `--home`, `LATENTBOARD_HOME`; default `.latentboard`. */
  readonly home: string;
  /** The models' folder. `--models`, `LATENTBOARD_MODELS`; default `models`. */
  readonly models: string;
  /** The model that the board opens with; without it the newest. `--default-model`, `LATENTBOARD_DEFAULT_MODEL`; default fashion-mnist. */
  readonly defaultModel: string;
  /** The shipped data folder, `data`. */
  readonly data: string;
  /** Further folders whose pictures a browser may train on. `--data-root`, may repeat; none by default. */
  readonly dataRoots: readonly string[];
  /** Most bytes that uploaded datasets may take together. `--upload-limit`, in GB; default 20. */
  readonly uploadLimit: number;
  /** `--host`, `HOST`; default 127.0.0.1. */
  readonly host: string;
  /** `--port`, `PORT`; default 8000; 0 takes a free one. */
  readonly port: number;
  /** Host names that requests may name besides the loopback ones. `--allow-host` (may repeat), `LATENTBOARD_ALLOWED_HOSTS` (commas). */
  readonly allowedHosts: readonly string[];
  /** The owner's token, asked for even on loopback; beyond it one is made. `LATENTBOARD_TOKEN`. */
  readonly token: string | undefined;
  /** The guests' token. `LATENTBOARD_GUEST_TOKEN`. */
  readonly guestToken: string | undefined;
  /** Whether everyone is let in. `--insecure`. */
  readonly insecure: boolean;
  /** A folder with libtensorflow. `LATENTBOARD_TENSORFLOW`. */
  readonly tensorflow: string | undefined;
  /** Execution providers to try, in order. `--providers`, `LATENTBOARD_PROVIDERS`; default {@linkcode PROVIDERS}. */
  readonly providers: readonly string[];
  /** `--log-level`, `LATENTBOARD_LOG`; default info. */
  readonly logLevel: LogLevel;
  /** Whether logs are JSON, one object per line, with one per request. `--log-format`, `LATENTBOARD_LOG_FORMAT`; default text. */
  readonly logJson: boolean;
}

/** An option of a command. */
export interface OptionSpec {
  /** One line for `--help`. */
  readonly help: string;
  /** A list may repeat and have commas: `--class a,b --class c`; a comma within a value is written `\\,`. */
  readonly kind: "string" | "number" | "boolean" | "list";
  /** What stands for the value in the help, such as `<n>` or `conv|mlp`. */
  readonly value?: string;
  /** For the help; the default itself belongs to the command. */
  readonly default?: string;
  /** One letter, written with a single dash. */
  readonly short?: string;
}

/** A command and its options. */
export interface CommandSpec {
  /** `train` for `deno task train`. */
  readonly name: string;
  readonly summary: string;
  /** Describes arguments without dashes, such as `<model>`. */
  readonly arguments?: string;
  /** By long name. */
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Whole command lines. */
  readonly examples?: readonly string[];
}

/** A command line. */
export interface ParsedCommand {
  /** Those that were given, by long name. */
  readonly options: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** Arguments without dashes. */
  readonly rest: readonly string[];
  readonly help: boolean;
}

/** A host name, or an address with or without the brackets of an IPv6 one. */
const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[?[0-9a-f:.]+\]?)$/i;

const DEFAULTS = {
  uploadLimit: 20,
  home: ".latentboard",
  models: "models",
  defaultModel: "fashion-mnist",
  host: "127.0.0.1",
  port: "8000",
  providers: PROVIDERS.join(),
  logLevel: "info",
} as const;

const COMMON: Readonly<Record<string, OptionSpec>> = {
  home: { kind: "string", value: "<folder>", help: "gallery, caches and runs", default: DEFAULTS.home },
  models: { kind: "string", value: "<folder>", help: "where models are", default: DEFAULTS.models },
  "log-level": {
    kind: "string",
    value: LOG_LEVELS.join("|"),
    help: "how much is logged",
    default: DEFAULTS.logLevel,
  },
  help: { kind: "boolean", help: "show this text", short: "h" },
};

/** Options of commands that serve. */
export const SERVER_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  host: { kind: "string", value: "<address>", help: "the address to listen on", default: DEFAULTS.host },
  port: { kind: "number", value: "<n>", help: "the port to listen on, 0 for a free one", default: DEFAULTS.port },
  "default-model": {
    kind: "string",
    value: "<name>",
    help: "the model that the board opens with, else the newest",
    default: DEFAULTS.defaultModel,
  },
  "allow-host": { kind: "list", value: "<names>", help: "further host names that browsers may use" },
  "data-root": {
    kind: "list",
    value: "<folders>",
    help: "further folders whose pictures browsers may train on",
  },
  "upload-limit": {
    kind: "number",
    value: "<GB>",
    help: "how much uploaded datasets may take together",
    default: String(DEFAULTS.uploadLimit),
  },
  "log-format": { kind: "string", value: "text|json", help: "json logs one object per request", default: "text" },
  insecure: { kind: "boolean", help: "ask nobody for a token, although others can reach the server" },
  providers: {
    kind: "list",
    value: "<names>",
    help: "execution providers to try, in order",
    default: DEFAULTS.providers,
  },
};

/**
 * Reads a command line against its specification.
 *
 * @param spec common options are added to its own
 * @param args what follows the command's name
 * @returns the options that were given, typed by their kind
 * @throws {LatentboardError} `invalid` on an unknown option, a missing value or a malformed number
 */
export function parseCommand(spec: CommandSpec, args: readonly string[] = Deno.args): ParsedCommand {
  const options = { ...spec.options, ...COMMON };
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, option]) => [name, {
        type: option.kind === "boolean" ? "boolean" as const : "string" as const,
        ...(option.short === undefined ? {} : { short: option.short }),
      }]),
    ),
  });

  const given: Record<string, string | number | boolean | readonly string[]> = {};
  const rest: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") rest.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const option = options[name];
    if (option === undefined) throw unknownOption(rawName, Object.keys(options));
    if (option.kind === "boolean") {
      if (value !== undefined) throw invalidOption(name, `takes no value: current value is "${value}"`);
      given[name] = true;
    } else if (value === undefined || value === "") {
      throw invalidOption(name, `needs a value: ${option.help}`);
    } else if (option.kind === "list") {
      const items = splitList(value);
      if (items.length === 0) throw invalidOption(name, `needs a value: ${option.help}`);
      given[name] = [...(given[name] as readonly string[] | undefined ?? []), ...items];
    } else {
      given[name] = option.kind === "number" ? toNumber(name, value) : value;
    }
  }
  return { options: given, rest, help: given.help === true };
}

/** The items of a list: commas separate them, unless a backslash precedes the comma. */
function splitList(text: string): string[] {
  return text.split(/(?<!\\),/).map((item) => item.replaceAll("\\,", ",").trim()).filter((item) => item !== "");
}

function unknownOption(written: string, names: readonly string[]): LatentboardError {
  const word = written.replace(/^-+/, "");
  const near = nearNames(word, names).map((name) => `--${name}`);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "--help lists what there is";
  return new LatentboardError("invalid", `Unknown option ${written}: ${hint}`, { field: written });
}

function invalidOption(name: string, fault: string): LatentboardError {
  return new LatentboardError("invalid", `--${name} ${fault}`, { field: name });
}

function toNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw invalidOption(name, `must be a number: current value is "${text}"`);
}

/** What `--help` prints for a command. */
export function helpText(spec: CommandSpec): string {
  const lines = Object.entries({ ...spec.options, ...COMMON }).map(([name, option]) => {
    const repeats = option.kind === "list" ? "; commas or repeats" : "";
    const left = `  ${option.short ? `-${option.short}, ` : ""}--${name}${option.value ? ` ${option.value}` : ""}`;
    const fallback = option.default === undefined ? "" : ` (default ${option.default})`;
    return `${left.padEnd(34)} ${option.help}${repeats}${fallback}`;
  });
  const examples = (spec.examples ?? []).map((example) => `  ${example}`);
  return [
    spec.summary,
    "",
    `Usage: deno task ${spec.name}${spec.arguments ? ` ${spec.arguments}` : ""} [options]`,
    "",
    "Options:",
    ...lines,
    ...(examples.length > 0 ? ["", "Examples:", ...examples] : []),
  ].join("\n");
}

/**
 * An absolute path: `~` is the user's own folder, anything relative starts from `base`.
 *
 * @param written the path as given
 * @param base {@linkcode invocationFolder} by default
 */
export function resolveUserPath(written: string, base: string = invocationFolder()): string {
  const home = /^~(?=$|[\\/])/.test(written) ? Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") : undefined;
  return resolve(base, home === undefined ? written : `${home}${written.slice(1)}`);
}

/**
 * A command line that can be pasted where this one was typed: folders other than the defaults are named.
 *
 * @param task such as `train --resume latest`
 * @param folders those that the command needs, absolute
 */
export function describeCommand(task: string, folders: Partial<Pick<Settings, "home" | "models">> = {}): string {
  const named = Object.entries(folders).filter(([name, path]) =>
    path !== resolve(Deno.cwd(), DEFAULTS[name as keyof typeof folders])
  );
  return ["deno task", task, ...named.map(([name, path]) => `--${name} ${quotePath(path)}`)].join(" ");
}

function quotePath(path: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(path)) return path;
  return Deno.build.os === "windows" ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Where the command was called: `deno task` runs it at the project's root and passes the caller's folder on. */
export function invocationFolder(): string {
  const called = Deno.env.get("INIT_CWD");
  const root = Deno.cwd();
  return called !== undefined && (called === root || called.startsWith(join(root, "/"))) ? called : root;
}

/**
 * The settings from flags and environment.
 *
 * @param flags options as {@linkcode parseCommand} returns them
 * @param environment the process's own by default
 * @throws {LatentboardError} `invalid` for a malformed port or log level
 */
export function readSettings(
  flags: ParsedCommand["options"] = {},
  environment: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Settings {
  const text = (flag: string, variable: string): string | undefined => {
    const value = flags[flag];
    if (typeof value === "string" || typeof value === "number") return String(value);
    return environment(variable) || undefined;
  };
  // a path that was given starts from the caller's folder, a default from the project's
  const path = (value: string | undefined, fallback: string): string =>
    value === undefined ? resolve(Deno.cwd(), fallback) : resolveUserPath(value);

  const port = Number(text("port", "PORT") ?? DEFAULTS.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new LatentboardError("invalid", "The port must be a whole number from 0 to 65535", { field: "port" });
  }
  const host = text("host", "HOST") ?? DEFAULTS.host;
  if (!HOST.test(host)) {
    throw new LatentboardError("invalid", "The host must be a name or an address, such as 0.0.0.0 or ::1", {
      field: "host",
    });
  }
  const level = text("log-level", "LATENTBOARD_LOG") ?? DEFAULTS.logLevel;
  if (!LOG_LEVELS.includes(level as LogLevel)) {
    throw new LatentboardError("invalid", `The log level must be one of ${LOG_LEVELS.join(", ")}: it is "${level}"`, {
      field: "log-level",
    });
  }
  const format = text("log-format", "LATENTBOARD_LOG_FORMAT") ?? "text";
  if (format !== "text" && format !== "json") {
    throw new LatentboardError("invalid", "The log format must be text or json", { field: "log-format" });
  }
  const listed = flags["allow-host"];
  const roots = flags["data-root"];
  const providers = flags.providers;
  const hosts = Array.isArray(listed)
    ? listed as readonly string[]
    : splitList(environment("LATENTBOARD_ALLOWED_HOSTS") ?? "");
  return {
    home: path(text("home", "LATENTBOARD_HOME"), DEFAULTS.home),
    models: path(text("models", "LATENTBOARD_MODELS"), DEFAULTS.models),
    defaultModel: text("default-model", "LATENTBOARD_DEFAULT_MODEL") ?? DEFAULTS.defaultModel,
    data: join(Deno.cwd(), "data"),
    dataRoots: Array.isArray(roots) ? (roots as readonly string[]).map((root) => resolveUserPath(root)) : [],
    uploadLimit: (flags["upload-limit"] as number | undefined ?? DEFAULTS.uploadLimit) * 1e9,
    host,
    port,
    allowedHosts: hosts.map((host) => host.toLowerCase()),
    token: readToken("LATENTBOARD_TOKEN", environment),
    guestToken: readToken("LATENTBOARD_GUEST_TOKEN", environment),
    insecure: flags.insecure === true,
    tensorflow: environment("LATENTBOARD_TENSORFLOW") || undefined,
    providers: Array.isArray(providers)
      ? providers as readonly string[]
      : splitList(environment("LATENTBOARD_PROVIDERS") || DEFAULTS.providers),
    logLevel: level as LogLevel,
    logJson: format === "json",
  };
}

/** @throws {LatentboardError} `invalid` for one that can be guessed, or can't stand in a link and a cookie */
function readToken(variable: string, environment: (name: string) => string | undefined): string | undefined {
  const token = environment(variable) || undefined;
  if (token === undefined || /^[\w.~-]{16,256}$/.test(token)) return token;
  throw new LatentboardError(
    "invalid",
    `${variable} must have 16 to 256 letters, digits, dots, dashes or underscores`,
    {
      field: variable,
    },
  );
}
