/** States that one can step back and forth through. Pushing after a step back drops the states ahead, as in any editor. */
export class UndoStack<T> {
  readonly #states: T[];
  #position = 0;

  /**
   * @param first the state that undo ends at
   * @param limit how many states are kept, the newest ones
   */
  constructor(first: T, private readonly limit = 1000) {
    this.#states = [first];
  }

  get current(): T {
    return this.#states[this.#position]!;
  }

  /** All states, oldest first. */
  get states(): readonly T[] {
    return this.#states;
  }

  /** The index of the current state. */
  get position(): number {
    return this.#position;
  }

  /** Steps to a state by its index. */
  go(position: number): T {
    this.#position = Math.min(this.#states.length - 1, Math.max(0, position));
    return this.current;
  }

  get canUndo(): boolean {
    return this.#position > 0;
  }

  get canRedo(): boolean {
    return this.#position < this.#states.length - 1;
  }

  /** Adds a state after the current one and steps to it. */
  push(state: T): void {
    this.#states.length = this.#position + 1;
    this.#states.push(state);
    if (this.#states.length > this.limit) this.#states.shift();
    this.#position = this.#states.length - 1;
  }

  /** Steps back unless it stands at the first state; returns the state there. */
  undo(): T {
    return this.go(this.#position - 1);
  }

  /** Steps forward unless it stands at the last state; returns the state there. */
  redo(): T {
    return this.go(this.#position + 1);
  }
}
