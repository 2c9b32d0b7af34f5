import { page } from "fresh";
import { Head } from "fresh/runtime";
import { CheckField, SelectField } from "../components/fields.tsx";
import GalleryGrid from "../islands/GalleryGrid.tsx";
import { define } from "../lib/http/define.ts";

export const handler = define.handlers({
  GET(ctx) {
    const { gallery } = ctx.state.services;
    const query = ctx.url.searchParams;
    const filter = {
      model: query.get("model") || undefined,
      tag: query.get("tag") || undefined,
      starred: query.has("starred"),
      order: query.get("order") === "oldest" ? "oldest" as const : "newest" as const,
      cursor: query.get("cursor") || undefined,
    };
    const found = gallery.list({
      order: filter.order,
      ...(filter.model === undefined ? {} : { model: filter.model }),
      ...(filter.tag === undefined ? {} : { tag: filter.tag }),
      ...(filter.starred ? { starred: true } : {}),
      ...(filter.cursor === undefined ? {} : { cursor: filter.cursor }),
    });
    return page({ filter, found, models: gallery.models(), tags: gallery.tags() });
  },
});

export default define.page<typeof handler>(function GalleryPage({ data, url }) {
  const { filter, found, models, tags } = data;
  const filtered = filter.model !== undefined || filter.tag !== undefined || filter.starred;
  return (
    <>
      <Head>
        <title>Gallery · Latentboard</title>
      </Head>
      <div class="page-head">
        <h1>Gallery</h1>
        <p>{found.total === 1 ? "1 picture" : `${found.total} pictures`}{filtered && " found"}</p>
      </div>
      {(found.total > 0 || filtered) && (
        <form class="row filters" action="/gallery" aria-label="Filter">
          <SelectField
            id="filter-model"
            name="model"
            label="Model"
            value={filter.model ?? ""}
            options={[["", "All"], ...models.map(({ model, count }) => [model, `${model} (${count})`] as const)]}
          />
          <SelectField
            id="filter-tag"
            name="tag"
            label="Tag"
            value={filter.tag ?? ""}
            options={[["", "All"], ...tags.map(({ tag, count }) => [tag, `${tag} (${count})`] as const)]}
          />
          <SelectField
            id="filter-order"
            name="order"
            label="Order"
            value={filter.order}
            options={[["newest", "Newest first"], ["oldest", "Oldest first"]]}
          />
          <CheckField name="starred" label="Starred" checked={filter.starred} />
          <button type="submit">Show</button>
          {filtered && <a class="button plain" href="/gallery">Clear</a>}
        </form>
      )}
      {found.pictures.length === 0
        ? (
          <div class="empty card">
            <p>{filtered ? "No saved picture fits this filter." : "Nothing saved yet."}</p>
            <p>
              {filtered ? <a href="/gallery">Show all</a> : (
                <>
                  Find a picture you like <a href="/">on the board</a> and press Save.
                </>
              )}
            </p>
          </div>
        )
        : <GalleryGrid pictures={found.pictures} />}
      {(filter.cursor !== undefined || found.next !== undefined) && (
        <nav class="pages" aria-label="Gallery pages">
          {filter.cursor !== undefined && <a class="button" href={withCursor(url, undefined)}>First page</a>}
          {found.next !== undefined && <a class="button" rel="next" href={withCursor(url, found.next)}>Next page</a>}
        </nav>
      )}
    </>
  );
});

function withCursor(url: URL, cursor: string | undefined): string {
  const query = new URLSearchParams(url.search);
  if (cursor === undefined) query.delete("cursor");
  else query.set("cursor", cursor);
  const text = query.toString();
  return text === "" ? "/gallery" : `/gallery?${text}`;
}
