/** A map of a model's test pictures: where they lie, what of it is seen, and what is pointed at. */
import { batch, computed, type Signal, signal } from "@preact/signals";
import type { LatentMap } from "../../latent/map.ts";
import { projectUmap } from "../../latent/umap.ts";
import { errorText, isAbort } from "../requests.ts";
import type { TestPictures } from "../test_pictures.ts";
import { latentPlane, type MapAxes, type MapPlane, openingAxes, pcaPlane, turnAlike, umapPlane } from "./planes.ts";
import type { MapView } from "./view.ts";

/** What a map needs of its model. */
export interface MappedModel {
  readonly name: string;
  readonly latentDim: number;
  /** The names of the classes. */
  readonly labels: readonly string[];
  readonly image: { readonly width: number; readonly height: number };
}

/** The controller of one map. */
export class MapSession {
  /** The names of the classes. */
  readonly labels: Signal<readonly string[]>;
  readonly map: Signal<LatentMap | undefined> = signal();
  readonly plane: Signal<MapPlane | undefined> = signal();
  /** All pictures in one bitmap, once they are shown. */
  readonly sheet: Signal<ImageBitmap | undefined> = signal();
  /** Classes that are not shown. */
  readonly hidden: Signal<ReadonlySet<number>> = signal(new Set<number>());
  /** Pictures are drawn in place of points. */
  readonly pictures = signal(false);
  /** Undefined while everything is shown. */
  readonly view: Signal<MapView | undefined> = signal();
  /** The picture under the pointer, by its index. */
  readonly pointed: Signal<number | undefined> = signal();
  /** How far a plane that takes time has come, 0 to 1. */
  readonly progress: Signal<number | undefined> = signal();
  /** A sentence for the person, empty when nothing is wrong. */
  readonly problem = signal("");
  readonly busy = computed(() => this.progress.value !== undefined);

  #work: AbortController | undefined;
  #umap: Float32Array | undefined;

  /** @param tests none for a map whose pictures are shown by other means; {@linkcode show} gives it its places */
  constructor(readonly model: MappedModel, readonly tests?: TestPictures) {
    this.labels = signal(model.labels);
  }

  /** Fetches the pictures' places and opens the first plane. */
  async load(axes?: MapAxes): Promise<void> {
    if (this.tests === undefined) return;
    try {
      const map = await this.tests.loadMap();
      this.map.value = map;
      await this.choose(axes ?? openingAxes(map));
      this.sheet.value = await this.tests.loadSheet();
    } catch (error) {
      this.problem.value = errorText(error);
    }
  }

  /** Replaces the pictures' places by newer ones of the same pictures, on the plane where they spread most. */
  async show(map: LatentMap): Promise<void> {
    const plane = turnAlike(await pcaPlane(map), this.plane.peek()?.points);
    batch(() => {
      this.map.value = map;
      this.plane.value = plane;
    });
  }

  /** Lays the pictures on another plane; one that is still being computed is stopped. */
  async choose(axes: MapAxes): Promise<void> {
    const map = this.map.peek();
    if (map === undefined) return;
    this.cancel();
    const work = this.#work = new AbortController();
    try {
      const plane = await this.#lay(map, axes, work.signal);
      if (work.signal.aborted) return;
      batch(() => {
        this.plane.value = plane;
        this.view.value = undefined;
        this.pointed.value = undefined;
        this.problem.value = "";
      });
    } catch (error) {
      if (!work.signal.aborted && !isAbort(error)) this.problem.value = errorText(error);
    } finally {
      if (this.#work === work) this.progress.value = undefined;
    }
  }

  /** Stops what is being computed; the plane that is shown stays. */
  cancel(): void {
    this.#work?.abort();
    this.progress.value = undefined;
  }

  /** Shows or hides a class. */
  toggle(label: number): void {
    const hidden = new Set(this.hidden.peek());
    if (!hidden.delete(label)) hidden.add(label);
    this.hidden.value = hidden;
  }

  /** Whether the picture of an index belongs to a class that is shown. */
  isShown(index: number): boolean {
    return !this.hidden.peek().has(this.map.peek()!.labels[index]!);
  }

  /** The name of a picture's class; empty where the data has none. */
  labelOf(index: number): string {
    return this.labels.value[this.map.peek()!.labels[index]!] ?? "";
  }

  async #lay(map: LatentMap, axes: MapAxes, signal: AbortSignal): Promise<MapPlane> {
    if (axes.kind === "latents") return latentPlane(map, axes.x, axes.y);
    if (axes.kind === "pca") return await pcaPlane(map);
    if (this.#umap === undefined) {
      this.progress.value = 0;
      const onProgress = (done: number, total: number) => {
        if (!signal.aborted) this.progress.value = done / total;
      };
      this.#umap = await projectUmap(map.latents, map.latentDim, { signal, onProgress });
    }
    return umapPlane(map, this.#umap);
  }
}
