import { useComputed } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { MapSession } from "../../lib/browser/map/map_session.ts";
import { pictureOfMap, type TestPictures } from "../../lib/browser/test_pictures.ts";
import { nearestNeighbours } from "../../lib/latent/neighbours.ts";
import { ClassToggles } from "../map/ClassToggles.tsx";
import { MapCanvas } from "../map/MapCanvas.tsx";
import { MapControls } from "../map/MapControls.tsx";
import { MapNote } from "../map/MapNote.tsx";
import { NeighbourList } from "../map/NeighbourList.tsx";

const NEIGHBOURS = 5;

/** Where the sliders are among the test pictures, and which of these are nearest. */
export function MapPanel({ session, tests }: { session: BoardSession; tests: TestPictures }) {
  const { state, model: { name, latentDim, image, labels } } = session;
  const map = useMemo(
    () => new MapSession({ name, latentDim, image, labels: labels.map(({ name }) => name) }, tests),
    [],
  );
  useEffect(() => {
    void map.load();
    return () => map.cancel();
  }, []);
  const z = useComputed(() => {
    void state.changes.value;
    return state.z();
  });
  const nearest = useComputed(() => map.map.value ? nearestNeighbours(map.map.value, z.value, NEIGHBOURS) : []);
  const rings = useComputed(() => nearest.value.map(({ index }) => index));
  const pick = (index: number) => state.jump(pictureOfMap(map.map.peek()!, index).z);
  return (
    <>
      <MapControls map={map} names={session.model.dimensions.map(({ index }) => `z${index}`)} />
      {map.problem.value !== "" && <p class="fault" role="alert">{map.problem.value}</p>}
      <div class="map-and-neighbours">
        <MapCanvas map={map} dot={z} rings={rings} onPick={pick} />
        <NeighbourList map={map} nearest={nearest} onPick={pick} />
      </div>
      <ClassToggles map={map} />
      <MapNote map={map}>The large dot is your picture; a click on a point goes there.</MapNote>
    </>
  );
}
