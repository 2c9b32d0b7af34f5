// deno-lint-ignore-file no-console -- this is where logs are written
/** The only writer of logs: one line per event on standard error, as text or JSON. */

/** From least to most. */
export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;

/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

let threshold: LogLevel = "info";
let asJson = false;
let context: () => Record<string, unknown> = () => ({});

/** How logs are written. */
export interface LogOptions {
  /** Events up to this level are written. */
  readonly level?: LogLevel;
  /** One JSON object per line. */
  readonly json?: boolean;
  /** Fields of every event, such as the id of the request that it belongs to. */
  readonly context?: () => Record<string, unknown>;
}

/** Changes what is given, and leaves the rest. */
export function configureLog(options: LogOptions): void {
  threshold = options.level ?? threshold;
  asJson = options.json ?? asJson;
  context = options.context ?? context;
}

function write(level: LogLevel, message: string, fields: Record<string, unknown>): void {
  if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(threshold)) return;
  if (asJson) {
    const event = { time: new Date().toISOString(), level, message, ...context(), ...fields };
    console.error(JSON.stringify(event, errorToText));
    return;
  }
  const rest = Object.entries({ ...context(), ...fields }).map(([key, value]) => ` ${key}=${toText(value)}`).join("");
  console.error(`${level === "info" ? "" : `${level}: `}${message}${rest}`);
}

function errorToText(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.stack ?? value.message : value;
}

function toText(value: unknown): string {
  if (value instanceof Error) return `\n${value.stack ?? value.message}`;
  return typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
}

/** Whether logs are JSON, for programs that read them. */
export function isStructuredLog(): boolean {
  return asJson;
}

/** `fields` are written after the message, an Error among them with its stack. */
export const log = {
  error: (message: string, fields: Record<string, unknown> = {}): void => write("error", message, fields),
  warn: (message: string, fields: Record<string, unknown> = {}): void => write("warn", message, fields),
  info: (message: string, fields: Record<string, unknown> = {}): void => write("info", message, fields),
  debug: (message: string, fields: Record<string, unknown> = {}): void => write("debug", message, fields),
};
