import type { MapSession } from "../../lib/browser/map/map_session.ts";
import type { MapAxes } from "../../lib/browser/map/planes.ts";
import { UMAP_NEIGHBOURS } from "../../lib/latent/umap.ts";
import { CheckField, SelectField } from "../fields.tsx";

/** What the map's axes are, and whether it shows points or pictures. */
export function MapControls({ map, names }: {
  map: MapSession;
  /** The names of the latents. */
  names: readonly string[];
}) {
  const data = map.map.value;
  const axes = map.plane.value?.axes;
  if (data === undefined || axes === undefined) return null;
  const progress = map.progress.value;
  const kinds: (readonly [MapAxes["kind"], string])[] = [
    ...(names.length > 2 ? [["pca", "overall view (PCA)"] as const] : []),
    ...(data.count > UMAP_NEIGHBOURS ? [["umap", "look-alikes (UMAP)"] as const] : []),
    ["latents", "two sliders"],
  ];
  const choose = (kind: MapAxes["kind"]) => {
    void map.choose(kind === "latents" ? { kind, x: 0, y: Math.min(1, names.length - 1) } : { kind });
  };
  const latent = (id: string, label: string, axis: "x" | "y") =>
    axes.kind === "latents" && names.length > 2 && (
      <SelectField
        id={id}
        label={label}
        value={String(axes[axis])}
        options={names.map((name, index) => [String(index), name])}
        onSelect={(value) => void map.choose({ ...axes, [axis]: Number(value) })}
      />
    );
  return (
    <div class="row map-controls">
      <SelectField
        id="map-axes"
        label="Arrange by"
        title="PCA: the two directions in which the pictures differ most. UMAP: pictures that the model finds alike lie together, distances between groups mean little. Two sliders: the latents themselves"
        value={axes.kind}
        options={kinds}
        onSelect={(value) => choose(value as MapAxes["kind"])}
      />
      {latent("map-x", "Across", "x")}
      {latent("map-y", "Up", "y")}
      <CheckField
        label="Show pictures"
        checked={map.pictures.value}
        onCheck={(checked) => map.pictures.value = checked}
      />
      {progress !== undefined && (
        <div class="row middle" role="status">
          <progress max={1} value={progress} aria-label="Arranging the pictures" />
          <button type="button" onClick={() => map.cancel()}>Stop</button>
        </div>
      )}
    </div>
  );
}
