import { page } from "fresh";
import { Head } from "fresh/runtime";
import { TrainingStyle } from "../../components/TrainingStyle.tsx";
import Run from "../../islands/Run.tsx";
import { define } from "../../lib/http/define.ts";

export const handler = define.handlers({
  async GET(ctx) {
    return page({ run: await ctx.state.services.runs.detail(ctx.params.id!) });
  },
});

export default define.page<typeof handler>(function RunPage({ data: { run } }) {
  const { config, yaml, lastEvent: _lastEvent, snapshots: _snapshots, ...summary } = run;
  const { latentDim } = config as { latentDim: number };
  return (
    <>
      <Head>
        <title>{`${run.title} · Latentboard`}</title>
      </Head>
      <TrainingStyle />
      <div class="page-head">
        <h1>{run.title}</h1>
        <p>
          learns from {run.source}
          {run.forkedFrom !== undefined && (
            <>
              , forked from <a href={`/runs/${run.forkedFrom}`}>{run.forkedFrom}</a>
            </>
          )}
        </p>
        <a class="button" href="/runs">All runs</a>
      </div>
      <div class="stack">
        <Run run={summary} latentDim={latentDim} />
        <details class="card">
          <summary>Settings</summary>
          <pre class="config" tabIndex={0} aria-label="Settings as YAML"><code>{yaml}</code></pre>
        </details>
      </div>
    </>
  );
});
