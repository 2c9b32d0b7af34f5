/** What the system says when something can't be kept on the disk, in words for people. */
import { LatentboardError } from "../errors.ts";

const FULL = "The disk{that holds} is full: free some space, then try again";
const READ_ONLY = "The disk{that holds} can only be read: make it writable, or choose another --home";
const NO_RIGHT = "This user has no right to {place}: give the right, or choose another place";

/** By the codes of the system. */
const SYSTEM_FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: FULL,
  EDQUOT: "The quota of the disk{that holds} is used up: free some space, then try again",
  EFBIG: "{Place} would be larger than this process may write: raise the limit (ulimit -f)",
  EROFS: READ_ONLY,
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
  ENOTDIR: "A part of the path of {place} is a file and no folder: choose another place",
  EEXIST: "A part of the path of {place} is a file and no folder: choose another place",
  EISDIR: "{Place} is a folder and should be a file: choose another place",
  EMFILE: "Too many files are open: raise the limit (ulimit -n), then try again",
  ENFILE: "Too many files are open on this machine: close some programs, then try again",
  EIO: "The disk{that holds} can't be read or written: look after it, then try again",
};

/** By SQLite's messages, since not all of its errors come with their code. */
const SQLITE_FAULTS: Readonly<Record<string, string>> = {
  "database or disk is full": FULL,
  "attempt to write a readonly database": READ_ONLY,
  "disk I/O error": "The disk{that holds} can't be read or written: look after it, then try again",
  "unable to open database file": NO_RIGHT,
};

/**
 * An error of the disk as a sentence; undefined where it is something else.
 *
 * @param place the path that it is about, where people may read it
 */
export function storageFault(error: unknown, place?: string): LatentboardError | undefined {
  if (!(error instanceof Error) || error instanceof LatentboardError) return undefined;
  const { code } = error as { code?: unknown };
  const message = code === "ERR_SQLITE_ERROR" ? SQLITE_FAULTS[error.message] : SYSTEM_FAULTS[String(code)];
  if (message === undefined) return undefined;
  const text = message.replace("{that holds}", place === undefined ? "" : ` that holds ${place}`)
    .replace("{place}", place ?? "a file or folder").replace("{Place}", place ?? "A file");
  return new LatentboardError("storage", text, { cause: error });
}

/** The path that the system's error names, which it says after its reason. */
export function faultyPath(error: unknown): string | undefined {
  return error instanceof Error ? /: \w+ '(.+?)'/.exec(error.message)?.[1] : undefined;
}

/** Names the path in an error that came of writing to an open file, the way that the system names it elsewhere. */
export function nameFaultyPath(error: unknown, path: string): unknown {
  if (error instanceof Error && "code" in error && faultyPath(error) === undefined) {
    error.message += `: write '${path}'`;
  }
  return error;
}
