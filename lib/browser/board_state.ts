/** The state of the board: one signal per latent, locks, temperature, seed and undo. No DOM, no requests. */
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { mutate, orderByKl, samplePrior } from "../latent/mod.ts";
import type { LatentDimension, SamplerName } from "../protocol.ts";
import { UndoStack } from "./undo_stack.ts";

/** Seeds are whole numbers from 0 to 2³² − 1. */
export const SEED_LIMIT = 2 ** 32;

/** How a random sample was drawn. */
export interface Sample {
  readonly seed: number;
  readonly temperature: number;
  readonly sampler: SamplerName;
}

/** What the page was opened with. Of a sample: `seed` with its temperature and sampler. */
export interface BoardStart {
  readonly z: readonly number[];
  readonly seed?: number | undefined;
  readonly temperature?: number | undefined;
  readonly sampler?: SamplerName | undefined;
}

/** One step of the history. */
export interface Snapshot {
  readonly z: readonly number[];
  readonly sample: Sample | undefined;
  /** A thumbnail as a `data:` URL, once the picture has been decoded. */
  picture?: string;
}

/** The interval that a slider covers. */
export interface SliderRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** The latents of one model. */
export class BoardState {
  /** Largest KL divergence first, dead latents last. */
  readonly order: readonly LatentDimension[];
  /** In the model's own order, each a 32-bit float. */
  readonly values: readonly Signal<number>[];
  /** The sliders' ranges, widened by values beyond them. */
  readonly ranges: readonly Signal<SliderRange>[];
  /** Random, mutate, reset and jumps leave locked latents as they are. */
  readonly locked: readonly Signal<boolean>[];
  /** Of the next random sample, 0 to 2; 1 is the prior. */
  readonly temperature: Signal<number>;
  /** Of the next random sample. */
  readonly sampler: Signal<SamplerName>;
  /** How the shown latents were drawn; undefined when they are not a sample. */
  readonly sample: Signal<Sample | undefined>;

  readonly #changes = signal(0);
  readonly #settled = signal(0);
  readonly #history: UndoStack<Snapshot>;
  /** Counts changes of the history, its pictures included. */
  readonly #historyVersion = signal(0);

  /** @param dimensions the model's, index 0 first */
  constructor(dimensions: readonly LatentDimension[], { z, seed, temperature = 1, sampler = "prior" }: BoardStart) {
    this.order = orderByKl(dimensions);
    this.values = z.map((value) => signal(Math.fround(value)));
    this.ranges = dimensions.map(({ minimum, maximum }) => signal({ minimum, maximum }));
    for (const index of this.values.keys()) this.#widen(index);
    this.locked = z.map(() => signal(false));
    this.temperature = signal(temperature);
    this.sampler = signal(sampler);
    this.sample = signal(seed === undefined ? undefined : { seed, temperature, sampler });
    this.#history = new UndoStack<Snapshot>({ z: this.z(), sample: this.sample.peek() });
  }

  /** Counts every change of a value: decoding follows this. */
  get changes(): ReadonlySignal<number> {
    return this.#changes;
  }

  /** Counts the ends of moves: the link, traversals and measurements follow this. */
  get settled(): ReadonlySignal<number> {
    return this.#settled;
  }

  /** The history, oldest first, and the index of the current step. Reading it subscribes to it. */
  history(): { readonly steps: readonly Snapshot[]; readonly position: number } {
    void this.#historyVersion.value;
    return { steps: this.#history.states, position: this.#history.position };
  }

  /** The latents in the model's own order. Reading them subscribes to nothing. */
  z(): number[] {
    return this.values.map((value) => value.peek());
  }

  /** Whether the latents are those of the current step of the history. */
  isSettled(): boolean {
    return this.values.every((value, index) => value.peek() === this.#history.current.z[index]);
  }

  /** Moves one latent, as a slider does while it is dragged. {@linkcode settle} ends the move. */
  set(index: number, value: number): void {
    this.setMany([[index, value]]);
  }

  /** Moves several latents as one change. Numbers that are not finite are ignored. */
  setMany(entries: readonly (readonly [index: number, value: number])[]): void {
    const changed = entries.filter(([index, value]) =>
      this.values[index] !== undefined && Number.isFinite(Math.fround(value)) &&
      Math.fround(value) !== this.values[index].peek()
    );
    if (changed.length === 0) return;
    batch(() => {
      for (const [index, value] of changed) this.#assign(index, value);
      this.sample.value = undefined;
      this.#changes.value++;
    });
  }

  /** Ends a move: the latents become a step of the history if they differ from the last one. */
  settle(): void {
    if (this.isSettled()) return;
    this.#history.push({ z: this.z(), sample: this.sample.peek() });
    this.#announce();
  }

  /** Sets one latent to 0, the prior's mean. */
  resetOne(index: number): void {
    this.set(index, 0);
    this.settle();
  }

  /** Sets every latent that is not locked to 0. */
  reset(): void {
    this.jump(this.values.map(() => 0));
  }

  /** Draws from the prior, spread by the temperature; the same seed gives the same sample everywhere. */
  random(seed: number): void {
    const temperature = this.temperature.peek();
    const z = samplePrior(seed, 1, this.values.length, { temperature });
    this.jump(z, { seed, temperature, sampler: "prior" });
  }

  /** Adds a little noise to every latent that is not locked. */
  mutate(seed: number): void {
    this.jump(mutate(this.z(), seed));
  }

  /**
   * Sets every latent that is not locked, as one step of the history.
   *
   * @param z in the model's own order
   * @param sample how z was drawn; it is kept where locked latents differ, since the rest was drawn so
   */
  jump(z: ArrayLike<number>, sample?: Sample): void {
    this.restore(Float32Array.from(z, (value, i) => this.locked[i]!.peek() ? this.values[i]!.peek() : value), sample);
  }

  /** Sets every latent, locked or not, as one step of the history. */
  restore(z: ArrayLike<number>, sample?: Sample): void {
    this.#assignAll(z, sample);
    this.settle();
  }

  /** Steps back in the history, locked latents included. */
  undo(): void {
    this.#show(this.#history.undo());
  }

  /** Steps forward in the history, locked latents included. */
  redo(): void {
    this.#show(this.#history.redo());
  }

  /** Steps to any state of the history, locked latents included. */
  goTo(position: number): void {
    this.#show(this.#history.go(position));
  }

  /** Keeps the thumbnail of the current step. */
  setPicture(picture: string): void {
    this.#history.current.picture = picture;
    this.#historyVersion.value = this.#historyVersion.peek() + 1; // called within effects
  }

  #show({ z, sample }: Snapshot): void {
    batch(() => {
      this.#assignAll(z, sample);
      this.#announce();
    });
  }

  #assignAll(z: ArrayLike<number>, sample: Sample | undefined): void {
    batch(() => {
      for (const index of this.values.keys()) this.#assign(index, z[index]!);
      this.sample.value = sample;
      this.#changes.value++;
    });
  }

  #assign(index: number, value: number): void {
    this.values[index]!.value = Math.fround(value);
    this.#widen(index);
  }

  #widen(index: number): void {
    const value = this.values[index]!.peek();
    const range = this.ranges[index]!;
    const { minimum, maximum } = range.peek();
    if (value < minimum) range.value = { minimum: value, maximum };
    else if (value > maximum) range.value = { minimum, maximum: value };
  }

  #announce(): void {
    batch(() => {
      this.#historyVersion.value++;
      this.#settled.value++;
    });
  }
}

/** A random seed. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
