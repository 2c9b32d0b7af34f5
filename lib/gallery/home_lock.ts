/** One writer per home: a lock that ends with its process, however that ends. */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";

const FILE = "writer.lock";

/** The right to write a home, kept by the operating system so that no crash leaves it behind. */
export class HomeLock {
  readonly #file: Deno.FsFile;
  #held = true;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock of a home, which is created where it doesn't exist.
   *
   * @throws {LatentboardError} `conflict` when another process, or another part of this one, holds it
   */
  static async take(home: string): Promise<HomeLock> {
    await Deno.mkdir(home, { recursive: true });
    const file = await Deno.open(join(home, FILE), { create: true, read: true, write: true });
    let taken = false;
    try {
      taken = await file.tryLock(true);
      if (!taken) {
        throw new LatentboardError(
          "conflict",
          `${await holderOf(home)} writes to ${home}: end it, or choose another --home`,
          { field: "home" },
        );
      }
      await file.truncate();
      await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
    } finally {
      if (!taken) file.close();
    }
    return new HomeLock(file);
  }

  /** Lets others take it. Idempotent. */
  release(): void {
    if (this.#held) this.#file.close();
    this.#held = false;
  }
}

async function holderOf(home: string): Promise<string> {
  const pid = await Deno.readTextFile(join(home, FILE)).catch(() => ""); // a locked file can't be read on Windows
  return /^\d+\n$/.test(pid) ? `Another Latentboard, process ${pid.trim()},` : "Another Latentboard";
}
