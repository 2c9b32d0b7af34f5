import { page } from "fresh";
import { Head } from "fresh/runtime";
import { TrainingStyle } from "../components/TrainingStyle.tsx";
import Train from "../islands/Train.tsx";
import { define } from "../lib/http/define.ts";
import { trainingForm } from "../lib/runs/mod.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const id = ctx.url.searchParams.get("fork");
    return page({ form: trainingForm(), fork: id === null ? undefined : await ctx.state.services.runs.detail(id) });
  },
});

export default define.page<typeof handler>(function TrainPage({ data: { form, fork } }) {
  const { name: _taken, ...config } = fork?.config ?? {};
  return (
    <>
      <Head>
        <title>Train · Latentboard</title>
      </Head>
      <TrainingStyle />
      <div class="page-head">
        <h1>Train a model</h1>
        <p>From your pictures to sliders that make new ones</p>
        <a class="button" href="/runs">Runs</a>
      </div>
      <Train
        form={form}
        fork={fork && { id: fork.id, title: fork.title, config, hasWeights: fork.snapshots.length > 0 }}
      />
    </>
  );
});
