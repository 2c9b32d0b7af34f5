import { useEffect, useMemo } from "preact/hooks";
import { ClassToggles } from "../components/map/ClassToggles.tsx";
import { MapCanvas } from "../components/map/MapCanvas.tsx";
import { MapControls } from "../components/map/MapControls.tsx";
import { MapNote } from "../components/map/MapNote.tsx";
import { boardUrl } from "../lib/browser/board_url.ts";
import { type MappedModel, MapSession } from "../lib/browser/map/map_session.ts";
import { type MapLinks, pictureOfMap, TestPictures } from "../lib/browser/test_pictures.ts";

interface LatentMapProps {
  readonly model: MappedModel;
  readonly links: MapLinks;
}

/** The map of a model beside its figures; a point opens its picture on the board. */
export default function LatentMap({ model, links }: LatentMapProps) {
  const map = useMemo(() => new MapSession(model, new TestPictures(links, model.latentDim, model.image)), []);
  useEffect(() => {
    void map.load();
    return () => map.cancel();
  }, []);
  const open = (index: number) => {
    location.href = boardUrl({ model: model.name, z: pictureOfMap(map.map.peek()!, index).z });
  };
  return (
    <div class="stack tight">
      <MapControls map={map} names={Array.from({ length: model.latentDim }, (_, index) => `z${index}`)} />
      {map.problem.value !== "" && <p class="fault" role="alert">{map.problem.value}</p>}
      <MapCanvas map={map} onPick={open} />
      <ClassToggles map={map} />
      <MapNote map={map}>A point opens its picture on the board.</MapNote>
    </div>
  );
}
