import type { Toasts } from "../lib/browser/toasts.ts";
import { Icon } from "./Icon.tsx";

/** The notes at the edge of the page, read out by screen readers as they come. */
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
          <button type="button" aria-label="Dismiss" onClick={() => toasts.dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
