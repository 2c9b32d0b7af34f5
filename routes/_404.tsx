import { Head } from "fresh/runtime";
import { define } from "../lib/http/define.ts";

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
