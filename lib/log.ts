// deno-lint-ignore-file no-console -- this is where logs are written
/** The only writer of logs: one line an event on standard error, as text or JSON. */

/** How much is written, from least to most. */
export type LogLevel = "silent" | "error" | "warn" | "info" | "debug";

const ORDER: readonly LogLevel[] = ["silent", "error", "warn", "info", "debug"];

let threshold: LogLevel = "info";
let asJson = false;

/**
 * Sets what is written and how.
 *
 * @param options `level` and above is written; `json` writes one JSON object a line
 */
export function configureLog(options: { level?: LogLevel; json?: boolean }): void {
  threshold = options.level ?? threshold;
  asJson = options.json ?? asJson;
}

function write(level: LogLevel, message: string, fields: Record<string, unknown>): void {
  if (ORDER.indexOf(level) > ORDER.indexOf(threshold)) return;
  if (asJson) {
    console.error(JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }, errorsAsText));
    return;
  }
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${asText(value)}`).join("");
  console.error(`${level === "info" ? "" : `${level}: `}${message}${rest}`);
}

function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.stack ?? value.message : value;
}

function asText(value: unknown): string {
  if (value instanceof Error) return `\n${value.stack ?? value.message}`;
  return typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
}

/** The log. `fields` are written after the message; an Error among them is written with its stack. */
export const log = {
  /** What failed. */
  error: (message: string, fields: Record<string, unknown> = {}): void => write("error", message, fields),
  /** What should be looked at. */
  warn: (message: string, fields: Record<string, unknown> = {}): void => write("warn", message, fields),
  /** What a person at the terminal wants to know. */
  info: (message: string, fields: Record<string, unknown> = {}): void => write("info", message, fields),
  /** What helps to find a fault. */
  debug: (message: string, fields: Record<string, unknown> = {}): void => write("debug", message, fields),
};
