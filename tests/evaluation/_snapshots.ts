/** Made snapshots of a run. */
import { join } from "node:path";
import { samplePrior } from "../../lib/latent/mod.ts";
import { writeSafetensors } from "../../lib/training/safetensors.ts";

/** Writes snapshots of six pictures with three latents, the first two pictures of 4 by 5 rebuilt as `100 + epoch`. */
export async function writeSnapshots(run: string, epochs: readonly number[]): Promise<void> {
  await Deno.mkdir(join(run, "snapshots"), { recursive: true });
  for (const epoch of epochs) {
    const bytes = writeSafetensors({
      mu: { shape: [6, 3], data: samplePrior(epoch, 6, 3) },
      reconstructions: { shape: [2, 4, 5, 1], data: new Uint8Array(40).fill(100 + epoch) },
      originals: { shape: [2, 4, 5, 1], data: new Uint8Array(40).fill(7) },
      labels: { shape: [6], data: Uint8Array.of(0, 1, 0, 1, 0, 1) },
    }, { epoch: String(epoch), labelNames: JSON.stringify(["cat", "dog"]) });
    const name = `epoch-${String(epoch).padStart(4, "0")}.safetensors`;
    await Deno.writeFile(join(run, "snapshots", name), bytes);
  }
}
