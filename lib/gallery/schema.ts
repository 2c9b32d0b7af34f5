/** The gallery's tables and their migrations. */
import type { DatabaseSync } from "node:sqlite";
import { LatentboardError } from "../errors.ts";

/** Each takes the database from one version to the next. Those that were released never change. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE pictures (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of saving
    id TEXT NOT NULL UNIQUE,                  -- 32 random hexadecimal digits; names the file
    model TEXT NOT NULL,
    decoder_sha256 TEXT NOT NULL,
    z BLOB NOT NULL,                          -- little-endian float32
    seed INTEGER,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
    created_at INTEGER NOT NULL,              -- milliseconds since 1970, UTC
    removed_at INTEGER                        -- set while a deletion can be undone
  ) STRICT;
  CREATE INDEX pictures_by_model ON pictures (model, number);
  CREATE INDEX pictures_removed ON pictures (removed_at) WHERE removed_at IS NOT NULL;
  CREATE TABLE tags (
    tag TEXT NOT NULL,
    picture INTEGER NOT NULL REFERENCES pictures (number) ON DELETE CASCADE,
    PRIMARY KEY (tag, picture)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tags_by_picture ON tags (picture);
  `,
  `
  ALTER TABLE pictures ADD COLUMN temperature REAL;
  ALTER TABLE pictures ADD COLUMN sampler TEXT;
  `,
];

/**
 * Sets a connection up so that a commit survives a crash, and brings the tables up to date.
 *
 * @throws {LatentboardError} `conflict` when a newer version wrote the database
 */
export function prepare(database: DatabaseSync): void {
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF");
  const version = versionOf(database);
  if (version > MIGRATIONS.length) {
    throw new LatentboardError(
      "conflict",
      "The gallery was written by a newer Latentboard: update this one, or choose another --home",
      { field: "home" },
    );
  }
  for (const [step, sql] of MIGRATIONS.entries()) {
    if (step < version) continue;
    transact(database, () => database.exec(`${sql}; PRAGMA user_version = ${step + 1}`));
  }
}

/** The version of the tables; 0 in an empty database. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()!.user_version);
}

/** Does some work in a transaction. */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK"); // SQLite has done so itself where the disk is full
    throw error;
  }
}
