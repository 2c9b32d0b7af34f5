import { page } from "fresh";
import { Head } from "fresh/runtime";
import GalleryGrid from "../islands/GalleryGrid.tsx";
import { define } from "../lib/http/define.ts";
import { GALLERY_ORDERS, MAX_SEARCH_LENGTH } from "../lib/protocol.ts";

export const handler = define.handlers({
  GET(ctx) {
    const { gallery } = ctx.state.services;
    const query = ctx.url.searchParams;
    const filter = {
      model: query.get("model") || undefined,
      tag: query.get("tag") || undefined,
      q: query.get("q")?.trim().slice(0, MAX_SEARCH_LENGTH) || undefined,
      starred: query.has("starred"),
      order: GALLERY_ORDERS.find((order) => order === query.get("order")) ?? "newest",
    };
    const cursor = query.get("cursor") || undefined;
    const found = gallery.list({
      order: filter.order,
      ...(filter.model === undefined ? {} : { model: filter.model }),
      ...(filter.tag === undefined ? {} : { tag: filter.tag }),
      ...(filter.q === undefined ? {} : { q: filter.q }),
      ...(filter.starred ? { starred: true } : {}),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return page({
      filter,
      cursor,
      found,
      models: gallery.models().map(({ model, count }) => [model, count] as const),
      tags: gallery.tags().map(({ tag, count }) => [tag, count] as const),
    });
  },
});

export default define.page<typeof handler>(function GalleryPage({ data, url }) {
  const { filter, cursor, found, models, tags } = data;
  const { model, tag, q, starred } = filter;
  const filtered = model !== undefined || tag !== undefined || q !== undefined || starred;
  return (
    <>
      <Head>
        <title>Gallery · Latentboard</title>
      </Head>
      <GalleryGrid
        pictures={found.pictures}
        total={found.total}
        filter={filter}
        filtered={filtered}
        models={models}
        tags={tags}
      />
      {found.pictures.length === 0 && (
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
      )}
      {(cursor !== undefined || found.next !== undefined) && (
        <nav class="pages" aria-label="Gallery pages">
          {cursor !== undefined && <a class="button" href={withCursor(url, undefined)}>First page</a>}
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
