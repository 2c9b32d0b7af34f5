import { HttpError } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../lib/http/define.ts";
import { LatentboardError } from "../lib/errors.ts";

export default define.page(function ErrorPage({ error }) {
  return (
    <div class="empty">
      <Head>
        <title>Something went wrong · Latentboard</title>
      </Head>
      <h1>That did not work</h1>
      <p>{visitorText(error)}</p>
      <p>
        <a href="/">Back to the board</a>
      </p>
    </div>
  );
});

/** What a visitor may read: our own sentences, and nothing of any other error. */
function visitorText(error: unknown): string {
  if (error instanceof LatentboardError) return error.message;
  if (error instanceof HttpError && error.status < 500) return error.message;
  return "The server met a fault of its own; what happened stands in its log.";
}
