import { page } from "fresh";
import { Head } from "fresh/runtime";
import { TrainingStyle } from "../../components/TrainingStyle.tsx";
import RunList from "../../islands/RunList.tsx";
import { define } from "../../lib/http/define.ts";

export const handler = define.handlers({
  async GET(ctx) {
    return page({ list: await ctx.state.services.runs.list() });
  },
});

export default define.page<typeof handler>(function RunsPage({ data }) {
  return (
    <>
      <Head>
        <title>Runs · Latentboard</title>
      </Head>
      <TrainingStyle />
      <div class="page-head">
        <h1>Runs</h1>
        <p>Every training, those begun in a terminal too</p>
        <a class="button primary" href="/train">Train a model</a>
      </div>
      <RunList page={data.list} />
    </>
  );
});
