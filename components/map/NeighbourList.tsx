import type { ReadonlySignal } from "@preact/signals";
import type { MapSession } from "../../lib/browser/map/map_session.ts";
import { classVotes, type Neighbour } from "../../lib/latent/neighbours.ts";
import { SheetPicture } from "./SheetPicture.tsx";

/** The test pictures nearest to a latent, and what their classes say. */
export function NeighbourList({ map, nearest, onPick }: {
  map: MapSession;
  nearest: ReadonlySignal<readonly Neighbour[]>;
  onPick: (index: number) => void;
}) {
  const data = map.map.value;
  if (data === undefined || nearest.value.length === 0) return null;
  const votes = classVotes(data, nearest.value)
    .map(({ label, votes }) => ({ name: map.labels.value[label], votes }))
    .filter(({ name }) => name !== undefined);
  return (
    <div class="neighbours">
      {votes.length > 0 && (
        <p class="vote" title={`The classes of the ${nearest.value.length} nearest test pictures`}>
          Looks like {votes.map(({ name, votes }, index) => (
            <span key={name}>
              {index > 0 && ", "}
              {index === 0 ? <b>{name}</b> : name}{" "}
              <small>
                {votes} of {nearest.value.length}
              </small>
            </span>
          ))}
        </p>
      )}
      <ol aria-label="Nearest test pictures">
        {nearest.value.map(({ index, distance }, place) => (
          <li key={place}>
            <button
              type="button"
              title="Distance in latent space, between this picture's encoding (μ) and z; click to go there"
              onClick={() => onPick(index)}
            >
              <SheetPicture map={map} index={index} />
              <span>{map.labelOf(index) || `picture ${index + 1}`}</span>
              <small>{distance.toFixed(2)} away</small>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
