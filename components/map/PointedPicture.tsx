import type { MapSession } from "../../lib/browser/map/map_session.ts";
import { SheetPicture } from "./SheetPicture.tsx";

/** The picture that is pointed at and its class. */
export function PointedPicture({ map }: { map: MapSession }) {
  const index = map.pointed.value;
  if (index === undefined || map.sheet.value === undefined) return null;
  return (
    <div class="map-preview">
      <SheetPicture map={map} index={index} />
      <span>{map.labelOf(index)}</span>
    </div>
  );
}
