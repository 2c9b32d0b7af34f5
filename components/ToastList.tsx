import type { Toasts } from "../lib/browser/toasts.ts";
import { IconButton } from "./Icon.tsx";

/** The notes, announced by screen readers. */
export function ToastList({ toasts }: { toasts: Toasts }) {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.list.value.map(({ id, text, link, action }) => (
        <div class="toast" key={id}>
          <p>{text}</p>
          {link && <a href={link.href}>{link.text}</a>}
          {action && (
            <button
              type="button"
              onClick={() => {
                toasts.dismiss(id);
                action.run();
              }}
            >
              {action.text}
            </button>
          )}
          <IconButton icon="close" label="Dismiss" onClick={() => toasts.dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
