/** The state of the board: one signal per latent, locks, temperature, seed and undo. No DOM, no requests. */
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { mutate, orderByKl, samplePrior } from "../latent/mod.ts";
import type { LatentDimension, SamplerName } from "../protocol.ts";
import { UndoStack } from "./undo_stack.ts";

/** Seeds are whole numbers from 0 to 2³² − 1. */
export const SEED_LIMIT = 2 ** 32;

/** What the page was opened with. */
export interface BoardStart {
  readonly z: readonly number[];
  readonly seed?: number | undefined;
  readonly temperature?: number | undefined;
  readonly sampler?: SamplerName | undefined;
}

interface Snapshot {
  readonly z: readonly number[];
  readonly seed: number | undefined;
}

/** The latents of one model. */
export class BoardState {
  /** Largest KL divergence first, dead latents last. */
  readonly order: readonly LatentDimension[];
  /** In the model's own order, each a 32-bit float. */
  readonly values: readonly Signal<number>[];
  /** Random, mutate, reset and jumps leave locked latents as they are. */
  readonly locked: readonly Signal<boolean>[];
  /** The spread of random samples, 0 to 2; 1 is the prior. */
  readonly temperature: Signal<number>;
  readonly sampler: Signal<SamplerName>;
  /** The seed of the sample that is shown; undefined when it is not a sample. */
  readonly seed: Signal<number | undefined>;

  readonly #changes = signal(0);
  readonly #settled = signal(0);
  readonly #canUndo = signal(false);
  readonly #canRedo = signal(false);
  readonly #history: UndoStack<Snapshot>;

  /** @param dimensions the model's, index 0 first */
  constructor(dimensions: readonly LatentDimension[], start: BoardStart) {
    this.order = orderByKl(dimensions);
    this.values = start.z.map((value) => signal(Math.fround(value)));
    this.locked = start.z.map(() => signal(false));
    this.temperature = signal(start.temperature ?? 1);
    this.sampler = signal(start.sampler ?? "prior");
    this.seed = signal(start.seed);
    this.#history = new UndoStack<Snapshot>({ z: this.z(), seed: start.seed });
  }

  /** Counts every change of a value: decoding follows this. */
  get changes(): ReadonlySignal<number> {
    return this.#changes;
  }

  /** Counts the ends of moves: the link, traversals and measurements follow this. */
  get settled(): ReadonlySignal<number> {
    return this.#settled;
  }

  get canUndo(): ReadonlySignal<boolean> {
    return this.#canUndo;
  }

  get canRedo(): ReadonlySignal<boolean> {
    return this.#canRedo;
  }

  /** The latents in the model's own order. Reading them subscribes to nothing. */
  z(): number[] {
    return this.values.map((value) => value.peek());
  }

  /** Moves one latent, as a slider does while it is dragged. {@linkcode settle} ends the move. */
  set(index: number, value: number): void {
    const current = this.values[index];
    const next = Math.fround(value);
    if (current === undefined || !Number.isFinite(next) || next === current.peek()) return;
    batch(() => {
      current.value = next;
      this.seed.value = undefined;
      this.#changes.value++;
    });
  }

  /** Ends a move: the latents become a step of the history if they differ from the last one. */
  settle(): void {
    const z = this.z();
    if (z.every((value, index) => value === this.#history.current.z[index])) return;
    this.#history.push({ z, seed: this.seed.peek() });
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
    this.jump(samplePrior(seed, 1, this.values.length, { temperature: this.temperature.peek() }), seed);
  }

  /** Adds a little noise to every latent that is not locked. */
  mutate(seed: number): void {
    this.jump(mutate(this.z(), seed));
  }

  /**
   * Sets every latent that is not locked, as one step of the history.
   *
   * @param z in the model's own order
   * @param seed of the sample that z is, kept only where no lock changed it
   */
  jump(z: ArrayLike<number>, seed?: number): void {
    const target = Float32Array.from(z);
    const next = target.map((value, index) => this.locked[index]!.peek() ? this.values[index]!.peek() : value);
    this.restore(next, next.every((value, index) => value === target[index]) ? seed : undefined);
  }

  /** Sets every latent, locked or not, as one step of the history. */
  restore(z: ArrayLike<number>, seed?: number): void {
    this.#assign(z, seed);
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

  #show({ z, seed }: Snapshot): void {
    batch(() => {
      this.#assign(z, seed);
      this.#announce();
    });
  }

  #assign(z: ArrayLike<number>, seed: number | undefined): void {
    batch(() => {
      for (const [index, current] of this.values.entries()) current.value = Math.fround(z[index]!);
      this.seed.value = seed;
      this.#changes.value++;
    });
  }

  #announce(): void {
    batch(() => {
      this.#canUndo.value = this.#history.canUndo;
      this.#canRedo.value = this.#history.canRedo;
      this.#settled.value++;
    });
  }
}

/** A random seed. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
