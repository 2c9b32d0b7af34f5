/** Runs `train` as a process of its own, on small made pictures. */
import { fromFileUrl } from "deno-std/path/mod.js";
import { join } from "node:path";
import { encodePng } from "../../lib/imaging/png.ts";

/** The project's folder. */
export const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** Options of a network that learns such pictures in a moment. */
export const TINY: readonly string[] = [
  "--image-size",
  "16",
  "--architecture",
  "mlp",
  "--latent-dim",
  "2",
  "--batch-size",
  "32",
];

/** What a command left behind. */
export interface Ended {
  code: number;
  out: string;
  error: string;
}

/** Starts a training. */
export function startTraining(args: readonly string[], options: { readonly cwd?: string } = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-lock", "lib/cli/train.ts", ...args],
    cwd: options.cwd ?? ROOT,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Trains to the end. */
export async function train(...args: string[]): Promise<Ended> {
  const { code, stdout, stderr } = await startTraining(args).output();
  return { code, out: new TextDecoder().decode(stdout), error: new TextDecoder().decode(stderr) };
}

/** A folder of 240 pictures of 16 by 16, of two labels: bars that lie and bars that stand. */
export async function makeBars(folder: string): Promise<string> {
  for (const label of ["lying", "standing"]) {
    await Deno.mkdir(join(folder, label), { recursive: true });
    for (let n = 0; n < 120; n++) {
      const data = new Uint8Array(256);
      for (let i = 0; i < 256; i++) {
        const along = label === "lying" ? Math.floor(i / 16) : i % 16;
        data[i] = Math.abs(along - (n % 16)) <= 1 ? 250 - (n % 5) * 20 : n % 7;
      }
      const png = encodePng({ width: 16, height: 16, channels: 1, data });
      await Deno.writeFile(join(folder, label, `${n}.png`), png);
    }
  }
  return folder;
}
