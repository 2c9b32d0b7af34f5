/** The machine as finding the library sees it; tests have one of their own. */
import { statfs } from "node:fs/promises";
import { canLoad } from "../libc.ts";
import { type DriverReport, nvidiaDriver } from "../nvidia.ts";
import type { Platform } from "./platform.ts";

/** The outcome of a command. */
export interface CommandResult {
  /** Whether it ran and succeeded. */
  readonly ok: boolean;
  /** What it wrote to standard output. */
  readonly output: string;
  /** The last line it wrote to standard error, or why it did not run. */
  readonly problem: string;
}

/** A machine. */
export interface System extends Platform {
  /** Whether there is a file or folder of that name. */
  exists(path: string): Promise<boolean>;
  /** Paths of all files below a folder whose name matches; none where there is no folder. */
  find(folder: string, name: RegExp): Promise<string[]>;
  /** What NVIDIA's driver says. */
  nvidia(): DriverReport;
  /** Whether the system's loader finds a library, or it is open already. */
  canLoad(name: string): boolean;
  /** Bytes that may still be written below a folder; undefined where that can't be said. */
  freeBytes(folder: string): Promise<number | undefined>;
  /** Runs a command to its end, which the signal brings about. */
  run(
    command: string,
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<CommandResult>;
}

/** This machine. */
export const thisSystem: System = {
  os: Deno.build.os,
  arch: Deno.build.arch,
  exists: (path) => Deno.stat(path).then(() => true, () => false),
  async find(folder, name) {
    const found: string[] = [];
    try {
      for await (const entry of Deno.readDir(folder)) {
        const path = `${folder}/${entry.name}`;
        if (entry.isDirectory) found.push(...await thisSystem.find(path, name));
        else if (name.test(entry.name)) found.push(path);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
    }
    return found.sort();
  },
  nvidia: nvidiaDriver,
  canLoad,
  freeBytes: (folder) => statfs(folder).then(({ bavail, bsize }) => bavail * bsize, () => undefined),
  async run(command, args, env = {}, signal) {
    try {
      const { success, stdout, stderr } = await new Deno.Command(command, {
        args: [...args],
        env,
        stdin: "null",
        ...(signal === undefined ? {} : { signal }),
      }).output();
      const decoder = new TextDecoder();
      const problem = decoder.decode(stderr).trim().split("\n").findLast((line) => !line.startsWith("WARNING")) ?? "";
      return { ok: success, output: decoder.decode(stdout), problem };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        return { ok: false, output: "", problem: `${command} is not installed` };
      }
      if (error instanceof Deno.errors.NotCapable) {
        return { ok: false, output: "", problem: `this process may not run ${command}` };
      }
      throw error;
    }
  },
};
