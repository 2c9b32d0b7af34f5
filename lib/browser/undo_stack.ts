/**
 * A line of states that one can walk back and forth. Going back and then pushing drops what lay ahead, as in any editor.
 */
export class UndoStack<T> {
  #states: T[];
  #position = 0;
  readonly #limit: number;

  /**
   * @param first the state that undo ends at
   * @param limit how many states are kept; the oldest is forgotten
   */
  constructor(first: T, limit = 1000) {
    this.#states = [first];
    this.#limit = limit;
  }

  /** The state one stands at. */
  get current(): T {
    return this.#states[this.#position]!;
  }

  /** Whether {@linkcode undo} would move. */
  get canUndo(): boolean {
    return this.#position > 0;
  }

  /** Whether {@linkcode redo} would move. */
  get canRedo(): boolean {
    return this.#position < this.#states.length - 1;
  }

  /** Adds a state after the current one; what lay ahead is gone. */
  push(state: T): void {
    this.#states.length = this.#position + 1;
    this.#states.push(state);
    if (this.#states.length > this.#limit) this.#states.shift();
    this.#position = this.#states.length - 1;
  }

  /** Steps back and returns the state there; at the beginning it stays. */
  undo(): T {
    if (this.canUndo) this.#position--;
    return this.current;
  }

  /** Steps forward and returns the state there; at the end it stays. */
  redo(): T {
    if (this.canRedo) this.#position++;
    return this.current;
  }
}
