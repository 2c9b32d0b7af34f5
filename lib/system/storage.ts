/** What the system says when something can't be kept on the disk, in words for people. */
import { LatentboardError } from "../errors.ts";

const FULL = "The disk is full: free some space, then try again";
const READ_ONLY = "The disk can only be read: make it writable, or choose another --home";
const NO_RIGHT = "This user has no right to a file or folder: give the right, or choose another place";

/** By the codes of the system. */
const SYSTEM_FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: FULL,
  EDQUOT: "The disk quota is used up: free some space, then try again",
  EFBIG: "A file would be larger than this process may write: raise the limit (ulimit -f)",
  EROFS: READ_ONLY,
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
  ENOTDIR: "A part of a path is a file and no folder: choose another place",
  EEXIST: "A part of a path is a file and no folder: choose another place",
  EISDIR: "A folder lies where a file should: choose another place",
  EMFILE: "Too many files are open: raise the limit (ulimit -n), then try again",
  ENFILE: "Too many files are open on this machine: close some programs, then try again",
  EIO: "The disk can't be read or written: look after it, then try again",
};

/** By SQLite's messages, since not all of its errors come with their code. */
const SQLITE_FAULTS: Readonly<Record<string, string>> = {
  "database or disk is full": FULL,
  "attempt to write a readonly database": READ_ONLY,
  "disk I/O error": "The disk can't be read or written: look after it, then try again",
  "unable to open database file": NO_RIGHT,
};

/** An error of the disk as a sentence; undefined where it is something else. */
export function storageFault(error: unknown): LatentboardError | undefined {
  if (!(error instanceof Error) || error instanceof LatentboardError) return undefined;
  const { code } = error as { code?: unknown };
  const message = code === "ERR_SQLITE_ERROR" ? SQLITE_FAULTS[error.message] : SYSTEM_FAULTS[String(code)];
  return message === undefined ? undefined : new LatentboardError("storage", message, { cause: error });
}
