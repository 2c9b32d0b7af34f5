import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { boardUrl } from "../lib/browser/board_url.ts";
import { fitPlaces, MAP_COLOURS, nearestPlace, paintPlaces, project, sheetCell } from "../lib/browser/latent_map.ts";
import { errorText, send } from "../lib/browser/requests.ts";
import { type LatentMap as MapData, parseLatentMap } from "../lib/latent/map.ts";

interface LatentMapProps {
  readonly model: string;
  readonly latentDim: number;
  readonly labels: readonly string[];
  readonly image: { readonly width: number; readonly height: number };
  /** Where map.bin and map.png are served; map.png may be missing. */
  readonly data: string;
  readonly sheet: string | undefined;
}

interface Loaded {
  readonly map: MapData;
  /** `[count × 2]`, 0 to 1 within the canvas. */
  readonly places: Float32Array;
  readonly kept: number;
}

/** The test pictures as points where the encoder puts them; a point shows its picture and opens it on the board. */
export default function LatentMap({ model, latentDim, labels, image, data, sheet }: LatentMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const preview = useRef<HTMLCanvasElement>(null);
  const sheetImage = useRef<HTMLImageElement | undefined>(undefined);
  const loaded = useSignal<Loaded | undefined>(undefined);
  const problem = useSignal("");
  const only = useSignal<number | undefined>(undefined);
  const pointed = useSignal<number | undefined>(undefined);

  useEffect(() => {
    const stop = new AbortController();
    (async () => {
      try {
        const response = await send(data, { signal: stop.signal });
        const map = parseLatentMap(new Uint8Array(await response.arrayBuffer()), latentDim);
        const { points, kept } = project(map);
        loaded.value = { map, places: fitPlaces(points), kept };
      } catch (error) {
        if (!stop.signal.aborted) problem.value = errorText(error);
      }
    })();
    if (sheet !== undefined) {
      sheetImage.current = new Image();
      sheetImage.current.src = sheet;
    }
    return () => stop.abort();
  }, []);

  useSignalEffect(() => {
    if (loaded.value === undefined) return;
    const { map, places } = loaded.value;
    const element = canvas.current!;
    const side = Math.round(element.clientWidth * Math.min(2, devicePixelRatio));
    element.width = element.height = side;
    const context = element.getContext("2d")!;
    paintPlaces(context, places, map.labels, only.value);
  });

  useSignalEffect(() => {
    const index = pointed.value;
    const source = sheetImage.current;
    if (index === undefined || preview.current === null || source === undefined || !source.complete) return;
    const { x, y } = sheetCell(index, source.naturalWidth, image);
    const context = preview.current.getContext("2d")!;
    context.drawImage(source, x, y, image.width, image.height, 0, 0, image.width, image.height);
  });

  const nearest = (event: MouseEvent & { currentTarget: HTMLCanvasElement }): number | undefined => {
    const side = event.currentTarget.clientWidth;
    if (loaded.value === undefined) return undefined;
    const { map, places } = loaded.value;
    const counts = (index: number) => only.value === undefined || only.value === map.labels[index];
    return nearestPlace(places, event.offsetX / side, event.offsetY / side, counts);
  };
  const open = (event: MouseEvent & { currentTarget: HTMLCanvasElement }) => {
    const index = nearest(event);
    if (index === undefined) return;
    const z = [...loaded.value!.map.latents.subarray(index * latentDim, (index + 1) * latentDim)];
    location.href = boardUrl({ model, z });
  };

  const label = pointed.value === undefined ? undefined : loaded.value?.map.labels[pointed.value];
  return (
    <div class="stack tight">
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
      <div class="map">
        <canvas
          ref={canvas}
          width={600}
          height={600}
          role="img"
          aria-label="Map of the latent space: each point is a test picture, coloured by its class"
          onPointerMove={(event) => pointed.value = nearest(event)}
          onPointerLeave={() => pointed.value = undefined}
          onClick={open}
        />
        <div class="map-preview" hidden={label === undefined}>
          <canvas ref={preview} class="crisp" width={image.width} height={image.height} aria-hidden="true" />
          <span>{label === undefined ? "" : labels[label] ?? ""}</span>
        </div>
      </div>
      {labels.length > 0 && (
        <div class="legend" role="group" aria-label="Classes shown">
          {labels.map((name, index) => (
            <button
              key={name}
              type="button"
              aria-pressed={only.value === index}
              onClick={() => only.value = only.value === index ? undefined : index}
            >
              <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
                <circle cx="5" cy="5" r="5" fill={MAP_COLOURS[index % MAP_COLOURS.length]} />
              </svg>
              {name}
            </button>
          ))}
        </div>
      )}
      {loaded.value !== undefined && (
        <p class="hint">
          {loaded.value.map.count.toLocaleString("en")} test pictures. {latentDim > 2
            ? `The two principal components, which keep ${(loaded.value.kept * 100).toFixed(0)} % of the spread. `
            : ""}
          A point opens its picture on the board.
        </p>
      )}
    </div>
  );
}
