import type { ComponentChildren } from "preact";
import type { Signal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";

/** One tab. */
export interface Tab {
  readonly name: string;
  readonly panel: () => ComponentChildren;
}

/** Tabs by the ARIA pattern. A panel is rendered when first chosen and kept, so that its work goes on when hidden. */
export function Tabs({ label, tabs, chosen: place }: { label: string; tabs: readonly Tab[]; chosen: Signal<number> }) {
  const opened = useRef(new Set<number>()).current;
  const id = useId();
  const chosen = place.value;
  opened.add(chosen);
  const walk = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowRight: chosen + 1,
      ArrowLeft: chosen - 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const target = steps[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const index = (target + tabs.length) % tabs.length;
    place.value = index;
    document.getElementById(`${id}-tab-${index}`)?.focus();
  };

  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={walk}>
        {tabs.map((tab, index) => (
          <button
            key={tab.name}
            type="button"
            role="tab"
            id={`${id}-tab-${index}`}
            aria-selected={index === chosen}
            aria-controls={`${id}-panel-${index}`}
            tabIndex={index === chosen ? 0 : -1}
            onClick={() => place.value = index}
          >
            {tab.name}
          </button>
        ))}
      </div>
      {tabs.map((tab, index) => (
        <div
          key={tab.name}
          class="panel"
          role="tabpanel"
          id={`${id}-panel-${index}`}
          aria-labelledby={`${id}-tab-${index}`}
          hidden={index !== chosen}
        >
          {opened.has(index) && tab.panel()}
        </div>
      ))}
    </>
  );
}
