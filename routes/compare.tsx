import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { figureName } from "../components/figure_names.ts";
import { formatFigure } from "../components/models/figures.ts";
import ModelPictures from "../islands/ModelPictures.tsx";
import { settingDifferences } from "../lib/browser/setting_differences.ts";
import { define } from "../lib/http/define.ts";
import { picturedModel } from "../lib/http/model_files.ts";
import { latentDimOf } from "../lib/inference/mod.ts";
import type { ModelDocument } from "../lib/model/mod.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const names = ctx.url.searchParams.getAll("model");
    if (names.length !== 2) throw new HttpError(404, "Name two models: /compare?model=a&model=b");
    const [left, right] = await Promise.all(names.map((name) => ctx.state.services.models.document(name)));
    return page({ left: left!, right: right! });
  },
});

/** Metrics of which less is better, and those of which more is. */
const LESS = /^(negativeElbo|negativeLogLikelihood|reconstruction|bitsPerDimension|validationLoss|mse|mmd|frechet\w*)$/;
const MORE = /^(psnr|ssim|nearestNeighbours|linearProbe)$/;

export default define.page<typeof handler>(function ComparePage({ data: { left, right } }) {
  const both = [left, right] as const;
  return (
    <>
      <Head>
        <title>{`${left.title} and ${right.title} · Latentboard`}</title>
      </Head>
      <div class="page-head">
        <h1>Two models side by side</h1>
        <a class="button" href="/models">All models</a>
      </div>
      <div class="stack">
        <section class="card stack" aria-labelledby="pictures-heading">
          <h2 id="pictures-heading">Reconstructions and samples</h2>
          <ModelPictures models={both.map(picturedModel)} />
        </section>
        <section class="card stack tight" aria-labelledby="figures-heading">
          <h2 id="figures-heading">Figures</h2>
          <div class="table" tabIndex={0} role="group" aria-labelledby="figures-heading">
            <table>
              <Columns both={both} />
              <tbody>
                <Row label="Latents" values={both.map((model) => String(latentDimOf(model)))} />
                <Row label="Picture" values={both.map(pictureText)} />
                <Row label="Data" values={both.map(({ dataset }) => dataset.name)} />
                {metricNames(both).map((name) => <MetricRow key={name} name={name} both={both} />)}
              </tbody>
            </table>
          </div>
          {left.dataset.name !== right.dataset.name && (
            <p class="hint">They learned different data, so nats and distances don't compare.</p>
          )}
        </section>
        <section class="card stack tight" aria-labelledby="configuration-heading">
          <h2 id="configuration-heading">Where their configurations differ</h2>
          <div class="table" tabIndex={0} role="group" aria-labelledby="configuration-heading">
            <table>
              <Columns both={both} />
              <tbody>
                {settingDifferences(both.map(withoutNames)).map(({ path, values }) => (
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

type Both = readonly [ModelDocument, ModelDocument];

function Columns({ both }: { both: Both }) {
  return (
    <thead>
      <tr>
        <td />
        {both.map(({ name, title }) => (
          <th key={name} scope="col">
            <a href={`/models/${name}`}>{title}</a>
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Row({ label, values, better }: { label: string; values: readonly string[]; better?: number | undefined }) {
  return (
    <tr>
      <th scope="row">{label}</th>
      {values.map((value, i) => (
        <td key={i}>
          {value} {better === i && <span class="better">better</span>}
        </td>
      ))}
    </tr>
  );
}

function MetricRow({ name, both }: { name: string; both: Both }) {
  const [left, right] = both.map(({ metrics }) => metrics[name]);
  const sameData = both[0].dataset.name === both[1].dataset.name;
  const sign = LESS.test(name) ? 1 : MORE.test(name) ? -1 : 0;
  const better = !sameData || left === undefined || right === undefined || sign === 0 || left === right
    ? undefined
    : Number(sign * (left - right) > 0);
  const text = (value: number | undefined) => value === undefined ? "–" : formatFigure(value);
  return <Row label={figureName(name)} values={[text(left), text(right)]} better={better} />;
}

function metricNames(both: Both): string[] {
  return [...new Set(both.flatMap(({ metrics }) => Object.keys(metrics)))];
}

function pictureText({ image: { width, height, channels } }: ModelDocument): string {
  return `${width}×${height}, ${channels === 1 ? "grey" : "colour"}`;
}

function withoutNames({ config }: ModelDocument): Record<string, unknown> {
  return { ...config, name: undefined, title: undefined };
}
