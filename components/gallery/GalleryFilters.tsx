import { GALLERY_ORDERS, type GalleryOrder, MAX_SEARCH_LENGTH } from "../../lib/protocol.ts";
import { CheckField, SelectField } from "../fields.tsx";

/** What a page of the gallery is limited to. */
export interface GalleryFilter {
  readonly model?: string | undefined;
  readonly tag?: string | undefined;
  readonly q?: string | undefined;
  readonly starred: boolean;
  readonly order: GalleryOrder;
}

/** A name with how many pictures have it. */
export type Tally = readonly [name: string, count: number];

const ORDER_NAMES: Readonly<Record<GalleryOrder, string>> = {
  newest: "Newest first",
  oldest: "Oldest first",
  model: "By model",
  rating: "Starred first",
};

/** The filters; each acts as soon as it is changed, and by a button where scripts don't run. */
export function GalleryFilters({ filter, models, tags, filtered }: {
  readonly filter: GalleryFilter;
  readonly models: readonly Tally[];
  readonly tags: readonly Tally[];
  readonly filtered: boolean;
}) {
  const option = ([name, count]: Tally) => [name, `${name} (${count})`] as const;
  return (
    <form
      class="row filters"
      action="/gallery"
      aria-label="Filter"
      onChange={(event) => event.currentTarget.requestSubmit()}
      onFormData={(event: Event) => {
        const { formData } = event as FormDataEvent;
        for (const [name, value] of [...formData]) if (value === "") formData.delete(name); // keeps the address short
      }}
    >
      <div class="field search">
        <label for="filter-search">Search</label>
        <input
          id="filter-search"
          name="q"
          type="search"
          maxLength={MAX_SEARCH_LENGTH}
          placeholder="model, tag or seed"
          title="Every word must be found. seed:7, tag:boot, model:emoji and sha256:1ca6 look in one place alone"
          defaultValue={filter.q ?? ""}
        />
      </div>
      <SelectField
        id="filter-model"
        name="model"
        label="Model"
        value={filter.model ?? ""}
        options={[["", "All"], ...models.map(option)]}
      />
      <SelectField
        id="filter-tag"
        name="tag"
        label="Tag"
        value={filter.tag ?? ""}
        options={[["", "All"], ...tags.map(option)]}
      />
      <SelectField
        id="filter-order"
        name="order"
        label="Order"
        value={filter.order}
        options={GALLERY_ORDERS.map((order) => [order, ORDER_NAMES[order]] as const)}
      />
      <CheckField name="starred" label="Starred" checked={filter.starred} />
      <noscript>
        <button type="submit">Show</button>
      </noscript>
      {filtered && <a class="button plain" href="/gallery">Clear</a>}
    </form>
  );
}
