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
    if (this.canUndo) this.#position--;
    return this.current;
  }

  /** Steps forward unless it stands at the last state; returns the state there. */
  redo(): T {
    if (this.canRedo) this.#position++;
    return this.current;
  }
}
