/** Keyboard shortcuts of the board: one table for the listener and for the sheet that lists them. */

/** One shortcut. Keys are compared without regard to case. */
export interface Shortcut {
  readonly key: string;
  /** What the sheet says. */
  readonly text: string;
  readonly run: () => void;
  /** Runs when the key is released. */
  readonly release?: () => void;
}

/** Whether a key typed there is text or belongs to the control: shortcuts must not take it. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    target.matches("input:not([type=range], [type=checkbox]), select, textarea, dialog *");
}

/**
 * Listens for shortcuts until the signal is aborted. Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y run `undo` and `redo`.
 *
 * @param history what undoes and redoes
 */
export function listenForShortcuts(
  shortcuts: readonly Shortcut[],
  history: { undo(): void; redo(): void },
  signal: AbortSignal,
): void {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.altKey || event.defaultPrevented) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key === "z" && !event.shiftKey) history.undo();
      else if (key === "y" || key === "z") history.redo();
      else return;
      event.preventDefault();
      return;
    }
    const shortcut = shortcuts.find((candidate) => candidate.key.toLowerCase() === key);
    if (shortcut === undefined) return;
    event.preventDefault();
    if (!event.repeat) shortcut.run();
  }, { signal });
  document.addEventListener("keyup", (event) => {
    shortcuts.find((candidate) => candidate.key.toLowerCase() === event.key.toLowerCase())?.release?.();
  }, { signal });
}
