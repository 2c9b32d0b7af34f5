import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../lib/http/define.ts";
import { isApiPath } from "../lib/http/headers.ts";

/** Sets the status, which Fresh leaves at 200 for this page. What the API does not find is never answered by a page. */
export const handler = define.handlers((ctx) => {
  if (isApiPath(ctx.url.pathname)) throw new HttpError(404);
  return page(undefined, { status: 404 });
});

export default define.page(function NotFoundPage() {
  return (
    <div class="empty">
      <Head>
        <title>Not found · Latentboard</title>
      </Head>
      <h1>There is no such page</h1>
      <p>
        Go to <a href="/">the board</a>, <a href="/gallery">the gallery</a> or <a href="/models">the models</a>.
      </p>
    </div>
  );
});
