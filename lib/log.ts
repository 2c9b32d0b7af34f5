// deno-lint-ignore-file no-console -- this is where logs are written
/** The only writer of logs: one line per event on standard error, as text or JSON. */

/** From least to most. */
export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;

/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

let threshold: LogLevel = "info";
let asJson = false;

/** @param options events up to `level` are written; `json` writes one JSON object per line */
export function configureLog(options: { level?: LogLevel; json?: boolean }): void {
  threshold = options.level ?? threshold;
  asJson = options.json ?? asJson;
}

function write(level: LogLevel, message: string, fields: Record<string, unknown>): void {
  if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(threshold)) return;
  if (asJson) {
    console.error(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }, errorToText));
    return;
  }
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${toText(value)}`).join("");
  console.error(`${level === "info" ? "" : `${level}: `}${message}${rest}`);
}

function errorToText(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.stack ?? value.message : value;
}

function toText(value: unknown): string {
  if (value instanceof Error) return `\n${value.stack ?? value.message}`;
  return typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
}

/** `fields` are written after the message, an Error among them with its stack. */
export const log = {
  error: (message: string, fields: Record<string, unknown> = {}): void => write("error", message, fields),
  warn: (message: string, fields: Record<string, unknown> = {}): void => write("warn", message, fields),
  info: (message: string, fields: Record<string, unknown> = {}): void => write("info", message, fields),
  debug: (message: string, fields: Record<string, unknown> = {}): void => write("debug", message, fields),
};
