import type { ComponentChildren } from "preact";
import type { MapSession } from "../../lib/browser/map/map_session.ts";

/** What is on the map, and after it what can be done there. */
export function MapNote({ map, children }: { map: MapSession; children: ComponentChildren }) {
  const [data, plane] = [map.map.value, map.plane.value];
  if (data === undefined || plane === undefined) return <p class="hint" role="status">The map is loading…</p>;
  return (
    <p class="hint">
      {data.count.toLocaleString("en")} test pictures.{" "}
      {plane.kept !== undefined && (
        <span title="The share of the variance that the first two principal components hold">
          This view keeps {(plane.kept * 100).toFixed(0)} % of how they differ.{" "}
        </span>
      )}
      {children}
    </p>
  );
}
