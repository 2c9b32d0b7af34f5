/**
 * What the board knows: one signal a latent, locks, temperature, seed and the history. It changes nothing on the page
 * and asks nothing of the server; the island follows its signals.
 */
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { mutate, orderByKl, samplePrior } from "../latent/mod.ts";
import type { LatentDimension, SamplerName } from "../protocol.ts";
import { UndoStack } from "./undo_stack.ts";

/** A single value that the page can follow and set. */
export type Cell<T> = Signal<T>;
/** A single value that the page can follow. */
export type ReadonlyCell<T> = ReadonlySignal<T>;

/** Seeds are whole numbers from 0 to 2³² − 1. */
export const SEED_LIMIT = 2 ** 32;

/** The latents of one model under a person's hands. */
export class BoardState {
  /** The model's dimensions, most active first, dead ones last. */
  readonly order: readonly LatentDimension[];
  /** One value a latent, in the model's own order, each a 32-bit float. */
  readonly values: readonly Cell<number>[];
  /** Locked latents stay where they are in random, mutate, reset and jumps. */
  readonly locked: readonly Cell<boolean>[];
  /** The spread of random samples, 0 to 2; 1 is the prior. */
  readonly temperature: Cell<number>;
  /** Where random samples are drawn from. */
  readonly sampler: Cell<SamplerName>;
  /** The seed of the sample that is shown, or undefined when it is not a sample. */
  readonly seed: Cell<number | undefined>;
  /** Counts every change of a value: what is decoded anew follows this. */
  readonly changes: ReadonlyCell<number>;
  /** Counts the ends of moves: what is worth a link, a strip or a measurement follows this. */
  readonly settled: ReadonlyCell<number>;
  readonly canUndo: ReadonlyCell<boolean>;
  readonly canRedo: ReadonlyCell<boolean>;

  readonly #changes = signal(0);
  readonly #settled = signal(0);
  readonly #canUndo = signal(false);
  readonly #canRedo = signal(false);
  readonly #history: UndoStack<Snapshot>;

  /**
   * @param dimensions the model's, index 0 first
   * @param start where the sliders stand at first
   */
  constructor(
    dimensions: readonly LatentDimension[],
    start: {
      readonly z: readonly number[];
      readonly seed?: number | undefined;
      readonly temperature?: number;
      readonly sampler?: SamplerName;
    },
  ) {
    this.order = orderByKl(dimensions);
    this.values = start.z.map((value) => signal(Math.fround(value)));
    this.locked = start.z.map(() => signal(false));
    this.temperature = signal(start.temperature ?? 1);
    this.sampler = signal(start.sampler ?? "prior");
    this.seed = signal(start.seed);
    this.changes = this.#changes;
    this.settled = this.#settled;
    this.canUndo = this.#canUndo;
    this.canRedo = this.#canRedo;
    this.#history = new UndoStack<Snapshot>({ z: this.z(), seed: start.seed });
  }

  /** The latents as they stand, in the model's own order. Reading them subscribes to nothing. */
  z(): number[] {
    return this.values.map((value) => value.peek());
  }

  /** Moves one latent, as a slider does while it is dragged. Follow with {@linkcode settle} when the move has ended. */
  set(index: number, value: number): void {
    const cell = this.values[index];
    const next = Math.fround(value);
    if (cell === undefined || !Number.isFinite(next) || next === cell.peek()) return;
    batch(() => {
      cell.value = next;
      this.seed.value = undefined;
      this.#changes.value++;
    });
  }

  /** Ends a move: where the sliders stand now becomes a step of the history, if it is a new place. */
  settle(): void {
    const z = this.z();
    if (z.every((value, index) => value === this.#history.current.z[index])) return;
    this.#history.push({ z, seed: this.seed.peek() });
    this.#announce();
  }

  /** Puts one latent back to 0, the prior's mean. */
  resetOne(index: number): void {
    this.set(index, 0);
    this.settle();
  }

  /** Puts every latent that is not locked back to 0. */
  reset(): void {
    this.jump(this.values.map(() => 0));
  }

  /** Takes a sample of the prior, spread by the temperature; the same seed gives the same sample everywhere. */
  random(seed: number): void {
    this.jump(samplePrior(seed, 1, this.values.length, { temperature: this.temperature.peek() }), seed);
  }

  /** Adds a little noise to every latent that is not locked. */
  mutate(seed: number): void {
    this.jump(mutate(this.z(), seed));
  }

  /**
   * Moves every latent that is not locked to a place, as one step of the history.
   *
   * @param z one number a latent
   * @param seed of the sample that z is, kept only when all of it could be taken
   */
  jump(z: ArrayLike<number>, seed?: number): void {
    batch(() => {
      let whole = true;
      for (const [index, cell] of this.values.entries()) {
        if (this.locked[index]!.peek()) whole &&= cell.peek() === Math.fround(z[index]!);
        else cell.value = Math.fround(z[index]!);
      }
      this.seed.value = whole ? seed : undefined;
      this.#changes.value++;
    });
    this.settle();
  }

  /** Moves every latent, locked or not, to where a saved picture stood, as one step of the history. */
  restore(z: ArrayLike<number>, seed?: number): void {
    batch(() => {
      for (const [index, cell] of this.values.entries()) cell.value = Math.fround(z[index]!);
      this.seed.value = seed;
      this.#changes.value++;
    });
    this.settle();
  }

  /** Steps back in the history; locks do not hold here. */
  undo(): void {
    this.#show(this.#history.undo());
  }

  /** Steps forward in the history; locks do not hold here. */
  redo(): void {
    this.#show(this.#history.redo());
  }

  #show(snapshot: Snapshot): void {
    batch(() => {
      for (const [index, cell] of this.values.entries()) cell.value = snapshot.z[index]!;
      this.seed.value = snapshot.seed;
      this.#changes.value++;
      this.#announce();
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

interface Snapshot {
  readonly z: readonly number[];
  readonly seed: number | undefined;
}

/** A seed nobody chose. */
export function freshSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
