/** Wheels of Python's package index, from which libraries are taken. */

/** A wheel of Python's package index, of which some files are taken. */
export interface Wheel {
  /** What pip is asked for. */
  readonly requirement: string;
  /** The platform tag that pip is asked for. */
  readonly tag: string;
  /** SHA-256 of the wheel. */
  readonly sha256: string;
  /** Its size in bytes. */
  readonly bytes: number;
  /** The files taken from it, and their size unpacked. */
  readonly members: Readonly<Record<string, number>>;
}
