import type { MapSession } from "../../lib/browser/map/map_session.ts";
import { mapColour } from "../../lib/browser/map/painting.ts";

/** A button per class that shows or hides its pictures. */
export function ClassToggles({ map }: { map: MapSession }) {
  const labels = map.labels.value;
  const hidden = map.hidden.value;
  if (labels.length === 0) return null;
  return (
    <div class="legend" role="group" aria-label="Classes shown">
      {labels.map((name, label) => (
        <button
          key={name}
          type="button"
          aria-pressed={!hidden.has(label)}
          title={`${hidden.has(label) ? "Show" : "Hide"} “${name}”; double-click to show it alone`}
          onClick={() => map.toggle(label)}
          onDblClick={() => map.hidden.value = new Set([...labels.keys()].filter((other) => other !== label))}
        >
          <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
            <circle cx="5" cy="5" r="5" fill={mapColour(label)} />
          </svg>
          {name}
        </button>
      ))}
      {hidden.size > 0 && (
        <button type="button" class="all" onClick={() => map.hidden.value = new Set()}>Show all classes</button>
      )}
    </div>
  );
}
