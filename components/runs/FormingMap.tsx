import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { boardUrl } from "../../lib/browser/board_url.ts";
import { fitPlaces, MAP_COLOURS, nearestPlace, paintPlaces, project } from "../../lib/browser/latent_map.ts";
import { send } from "../../lib/browser/requests.ts";
import { hasEnded } from "../../lib/browser/runs/run_words.ts";
import type { RunSession } from "../../lib/browser/runs/run_session.ts";
import { type LatentMap, parseLatentMap } from "../../lib/latent/map.ts";
import type { ModelDetail } from "../../lib/protocol.ts";
import { RUN_PREFIX } from "../../lib/protocol_runs.ts";

interface Loaded {
  readonly map: LatentMap;
  /** `[count × 2]`, 0 to 1 within the canvas. */
  readonly places: Float32Array;
}

/** Where the model puts pictures at the snapshot that is shown; a point opens its picture on the board. */
export function FormingMap({ session, latentDim }: { session: RunSession; latentDim: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const loaded = useSignal<Loaded | undefined>(undefined);
  const labels = useSignal<readonly string[]>([]);
  const id = session.run.value.id;

  useSignalEffect(() => {
    const step = session.snapshot?.step;
    if (step === undefined) return;
    const stop = new AbortController();
    (async () => {
      const response = await send(`/api/runs/${id}/snapshots/${step}/map.bin`, { signal: stop.signal });
      const map = parseLatentMap(new Uint8Array(await response.arrayBuffer()), latentDim);
      const points = alike(project(map).points, loaded.peek()?.places);
      loaded.value = { map, places: fitPlaces(points) };
    })().catch(() => {}); // the next snapshot tries again
    return () => stop.abort();
  });

  const known = session.snapshot !== undefined;
  useEffect(() => {
    if (!known) return;
    send(`/api/runs/${id}/model`).then(async (response) => {
      labels.value = (await response.json() as ModelDetail).labels.map(({ name }) => name);
    }).catch(() => {}); // a map without names is still a map
  }, [known]);

  useSignalEffect(() => {
    if (loaded.value === undefined || canvas.current === null) return;
    const element = canvas.current;
    element.width = element.height = Math.round(element.clientWidth * Math.min(2, devicePixelRatio));
    paintPlaces(element.getContext("2d")!, loaded.value.places, loaded.value.map.labels);
  });

  const open = (event: MouseEvent & { currentTarget: HTMLCanvasElement }) => {
    if (loaded.value === undefined) return;
    const { map, places } = loaded.value;
    const side = event.currentTarget.clientWidth;
    const index = nearestPlace(places, event.offsetX / side, event.offsetY / side);
    if (index === undefined) return;
    const z = [...map.latents.subarray(index * latentDim, (index + 1) * latentDim)];
    const { model, state } = session.run.value;
    location.href = boardUrl({ model: hasEnded(state) && model !== undefined ? model : RUN_PREFIX + id, z });
  };

  if (!known) return <p class="quiet">It comes with the first pictures.</p>;
  return (
    <div class="stack tight">
      <div class="map">
        <canvas
          ref={canvas}
          width={480}
          height={480}
          role="img"
          aria-label="Map: pictures that the model finds alike lie together"
          onClick={open}
        />
      </div>
      {labels.value.length > 0 && (
        <ul class="map-names">
          {labels.value.map((name, index) => (
            <li key={name}>
              <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
                <circle cx="5" cy="5" r="5" fill={MAP_COLOURS[index % MAP_COLOURS.length]} />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      )}
      <p class="hint">A point is a picture; a click opens it on the board.</p>
    </div>
  );
}

/** Principal axes have no sign of their own: turns them so that the points stay near where they were. */
function alike(points: Float32Array, before: Float32Array | undefined): Float32Array {
  if (before?.length !== points.length) return points;
  const sums = [0, 0];
  for (let i = 0; i < points.length; i++) {
    const upwards = i % 2 === 0 ? 1 : -1; // places grow downwards
    sums[i % 2]! += upwards * points[i]! * (before[i]! - 0.5);
  }
  return points.map((value, i) => sums[i % 2]! < 0 ? -value : value);
}
