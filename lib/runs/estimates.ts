/** What a run would cost on this machine, measured by some steps in a process of its own. */
import { LatentboardError } from "../errors.ts";
import type { EstimateResponse } from "../protocol_runs.ts";
import { sha256Hex, writeFileAtomic } from "../system/files.ts";
import type { TrainingConfig } from "../vae/config_schema.ts";
import { estimateFiles, type TrainerLauncher } from "./launch.ts";
import { dirname } from "node:path";

/** Estimates that are remembered. */
const KEPT = 64;

/** Measures configurations, one at a time, and remembers what came out. */
export class Estimates {
  readonly #home: string;
  readonly #launcher: TrainerLauncher;
  readonly #known = new Map<string, Promise<EstimateResponse>>();
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * @param home the user's folder
   * @param launcher starts the processes
   */
  constructor(home: string, launcher: TrainerLauncher) {
    this.#home = home;
    this.#launcher = launcher;
  }

  /**
   * Measures a configuration.
   *
   * @param config resolved; its source was checked
   * @param busy whether a run trains meanwhile: what was measured then is not remembered
   * @throws {LatentboardError} `unavailable` when it can't be measured, with the reason
   */
  estimate(config: TrainingConfig, busy: boolean): Promise<EstimateResponse> {
    // what the steps cost follows from everything but these
    const { name: _name, title: _title, seed: _seed, checkpoint: _checkpoint, ...costing } = config;
    const id = sha256Hex(new TextEncoder().encode(JSON.stringify(costing))).slice(0, 32);
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const measured = this.#turn.then(() => this.#measure(id, config)).then((cost) => ({ ...cost, busy }));
    this.#turn = measured.catch(() => {});
    this.#known.set(id, measured);
    const forget = () => this.#known.delete(id);
    if (busy) measured.then(forget, forget);
    else measured.catch(forget);
    for (const oldest of [...this.#known.keys()].slice(0, -KEPT)) this.#known.delete(oldest);
    return measured;
  }

  async #measure(id: string, config: TrainingConfig): Promise<Omit<EstimateResponse, "busy">> {
    const files = estimateFiles(this.#home, id);
    await Deno.mkdir(dirname(files.config), { recursive: true });
    await writeFileAtomic(files.config, JSON.stringify(config));
    try {
      const { code, error } = await this.#launcher.launch({ action: "estimate", id });
      if (code === 0) return JSON.parse(await Deno.readTextFile(files.result)) as Omit<EstimateResponse, "busy">;
      const reason = error.trim().split("\n").findLast((line) => line.startsWith("error: "))?.slice("error: ".length);
      throw new LatentboardError("unavailable", `Cannot measure this configuration: ${reason ?? `exit code ${code}`}`);
    } finally {
      for (const file of Object.values(files)) await Deno.remove(file).catch(() => {});
    }
  }
}
