import type { ComponentChildren } from "preact";
import type { Signal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";

/** One tab. */
export interface Tab {
  readonly name: string;
  readonly panel: () => ComponentChildren;
}

/**
 * Tabs by the ARIA pattern. A panel is rendered when first chosen and kept, so that its work goes on when hidden.
 * `children` stand at the end of the row of tabs.
 */
export function Tabs({ label, tabs, chosen, children }: {
  label: string;
  tabs: readonly Tab[];
  /** The name of the chosen tab. */
  chosen: Signal<string>;
  children?: ComponentChildren;
}) {
  const opened = useRef(new Set<string>()).current;
  const id = useId();
  const current = tabs.findIndex(({ name }) => name === chosen.value);
  opened.add(chosen.value);
  const walk = (event: KeyboardEvent) => {
    const targets: Record<string, number> = {
      ArrowRight: current + 1,
      ArrowLeft: current - 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const index = (target + tabs.length) % tabs.length;
    chosen.value = tabs[index]!.name;
    document.getElementById(`${id}-tab-${index}`)?.focus();
  };

  return (
    <>
      <div class="tab-row">
        <div class="tabs" role="tablist" aria-label={label} onKeyDown={walk}>
          {tabs.map(({ name }, index) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`${id}-tab-${index}`}
              aria-selected={index === current}
              aria-controls={`${id}-panel-${index}`}
              tabIndex={index === current ? 0 : -1}
              onClick={() => chosen.value = name}
            >
              {name}
            </button>
          ))}
        </div>
        {children}
      </div>
      {tabs.map(({ name, panel }, index) => (
        <div
          key={name}
          class="panel"
          role="tabpanel"
          id={`${id}-panel-${index}`}
          aria-labelledby={`${id}-tab-${index}`}
          hidden={index !== current}
        >
          {opened.has(name) && panel()}
        </div>
      ))}
    </>
  );
}
