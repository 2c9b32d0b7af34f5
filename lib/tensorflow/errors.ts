/** Errors of TensorFlow, and of finding it. */

/** Names of `TF_Code`, in the order of their numbers. */
// deno-fmt-ignore
const CODES = [
  "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
  "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
  "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
];

/** TensorFlow refused a call. The message is TensorFlow's own. */
export class TensorFlowError extends Error {
  /** The name of this class. */
  override readonly name = "TensorFlowError";

  /** The name of TensorFlow's status code, `"INVALID_ARGUMENT"` for instance. */
  readonly code: string;

  /** From the code (above 0) and the message of a `TF_Status`. */
  constructor(code: number, message: string) {
    super(message);
    this.code = CODES[code] ?? `CODE_${code}`;
  }
}

/** No usable libtensorflow was found. The message says what was tried and what to do. */
export class LibraryUnavailableError extends Error {
  /** The name of this class. */
  override readonly name = "LibraryUnavailableError";

  /** Each place that was searched, with why it did not serve. */
  readonly tried: readonly string[];

  /** From what could not be done, in one clause, and each place that was searched, with why it did not serve. */
  constructor(problem: string, tried: readonly string[], options: { cause?: unknown } = {}) {
    super([problem, ...tried.map((line) => `  - ${line}`), REMEDY].join("\n"), options);
    this.tried = tried;
  }
}

const REMEDY = "Install TensorFlow with `python3 -m pip install tensorflow-cpu`, " +
  "or set the folder that holds libtensorflow";
