import type { RefObject } from "preact";
import type { Shortcut } from "../../lib/browser/shortcuts.ts";

/** Keys that a slider or the browser handles, for the sheet alone. */
const SLIDER_KEYS: readonly (readonly [keys: readonly string[], text: string])[] = [
  [["←", "→"], "Move the focused slider"],
  [["Shift", "←", "→"], "Move it in small steps"],
  [["Page ↑", "Page ↓"], "Move it in large steps"],
  [["0"], "Set it to 0"],
  [["Ctrl", "Z"], "Undo"],
  [["Ctrl", "Shift", "Z"], "Redo"],
];

/** A dialog that lists the keyboard shortcuts. */
export function ShortcutSheet({ shortcuts, dialog }: {
  shortcuts: readonly Shortcut[];
  dialog: RefObject<HTMLDialogElement>;
}) {
  const rows = [...shortcuts.map(({ key, text }) => [[key], text] as const), ...SLIDER_KEYS];
  return (
    <dialog ref={dialog} aria-labelledby="shortcuts-heading" class="sheet">
      <h2 id="shortcuts-heading">Keyboard shortcuts</h2>
      <dl class="shortcuts">
        {rows.map(([keys, text]) => (
          <>
            <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{text}</dd>
          </>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
