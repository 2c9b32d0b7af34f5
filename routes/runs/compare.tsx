import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { TrainingStyle } from "../../components/TrainingStyle.tsx";
import RunCurves from "../../islands/RunCurves.tsx";
import { settingDifferences } from "../../lib/browser/setting_differences.ts";
import { STATE_WORDS } from "../../lib/browser/runs/run_words.ts";
import { define } from "../../lib/http/define.ts";
import type { RunDetail } from "../../lib/protocol_runs.ts";

const MOST = 6;

export const handler = define.handlers({
  async GET(ctx) {
    const ids = [...new Set(ctx.url.searchParams.getAll("run"))];
    if (ids.length < 2 || ids.length > MOST) {
      throw new HttpError(404, `Name two to ${MOST} runs: /runs/compare?run=a&run=b`);
    }
    return page({ runs: await Promise.all(ids.map((id) => ctx.state.services.runs.detail(id))) });
  },
});

export default define.page<typeof handler>(function CompareRunsPage({ data: { runs } }) {
  const settings = settingDifferences(runs.map(({ config }) => ({ ...config, name: undefined, title: undefined })));
  return (
    <>
      <Head>
        <title>Runs side by side · Latentboard</title>
      </Head>
      <TrainingStyle />
      <div class="page-head">
        <h1>Runs side by side</h1>
        <a class="button" href="/runs">All runs</a>
      </div>
      <div class="stack">
        <section class="card stack" aria-labelledby="curves-heading">
          <h2 id="curves-heading">How they learned</h2>
          <RunCurves runs={runs.map(({ id }) => ({ id, label: id }))} />
        </section>
        <section class="card stack tight" aria-labelledby="settings-heading">
          <h2 id="settings-heading">Where their settings differ</h2>
          <div class="table" tabIndex={0} role="group" aria-labelledby="settings-heading">
            <table>
              <thead>
                <tr>
                  <td />
                  {runs.map(({ id, title }) => (
                    <th key={id} scope="col">
                      <a href={`/runs/${id}`}>{title}</a>
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                <Row label="Stands as" values={runs.map(({ state }) => STATE_WORDS[state].name)} />
                <Row label="Best error" values={runs.map(bestText)} />
                {settings.map(({ path, values }) => (
                  <Row
                    key={path}
                    label={path}
                    values={values.map((value) => JSON.stringify(value) ?? "–")}
                  />
                ))}
              </tbody>
            </table>
          </div>
        </section>
      </div>
    </>
  );
});

function Row({ label, values }: { label: string; values: readonly string[] }) {
  return (
    <tr>
      <th scope="row">{label}</th>
      {values.map((value, index) => <td key={index}>{value}</td>)}
    </tr>
  );
}

function bestText({ bestLoss }: RunDetail): string {
  return bestLoss === undefined ? "–" : `${bestLoss.toFixed(2)} nats`;
}
