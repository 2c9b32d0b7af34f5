/** Notices that a model gets better on the pictures that it trains on and worse on those held out. */
import type { EpochRecord } from "../training/mod.ts";

/** Epochs in a row that make it no accident. */
const EPOCHS = 3;

/** How much worse than the best the held-out loss must be, as a share of it. */
const MARGIN = 0.005;

/** Looks at one epoch after the other. */
export class OverfittingWatch {
  readonly #records: EpochRecord[] = [];
  #said = false;

  /**
   * Adds an epoch.
   *
   * @returns what to say and do about it, the first time that it shows
   */
  add(record: EpochRecord): string | undefined {
    this.#records.push(record);
    if (this.#said || this.#records.length <= EPOCHS) return undefined;
    const earlier = this.#records.slice(0, -EPOCHS);
    const best = earlier.reduce((a, b) => b.validation.loss < a.validation.loss ? b : a);
    const since = this.#records.slice(-EPOCHS);
    const worse = since.every(({ validation }) =>
      validation.loss > best.validation.loss + MARGIN * Math.abs(best.validation.loss)
    );
    const learns = since.at(-1)!.train.loss < best.train.loss;
    if (!worse || !learns) return undefined;
    this.#said = true;
    return `The held-out loss has been worse than after epoch ${best.epoch} for ${EPOCHS} epochs while the training ` +
      "loss fell, the model learns its pictures by heart: stop and keep the model, add pictures or augmentation, or " +
      "set early stopping";
  }
}
