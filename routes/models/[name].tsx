import { page } from "fresh";
import { Head } from "fresh/runtime";
import { figureName } from "../../components/figure_names.ts";
import { fileSize, formatFigure } from "../../components/models/figures.ts";
import { LossChart } from "../../components/models/LossChart.tsx";
import LatentMap from "../../islands/LatentMap.tsx";
import LocalTime from "../../islands/LocalTime.tsx";
import ModelPictures from "../../islands/ModelPictures.tsx";
import ModelTools from "../../islands/ModelTools.tsx";
import { define } from "../../lib/http/define.ts";
import { modelFileUrl, picturedModel } from "../../lib/http/model_files.ts";
import { HISTORY_FILE, type HistoryEpoch, type ModelDocument, readHistory } from "../../lib/model/mod.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { models, settings } = ctx.state.services;
    const document = await models.document(ctx.params.name!);
    return page({ document, history: await readHistory(settings.models, document) });
  },
});

export default define.page<typeof handler>(function ModelPage({ data: { document, history } }) {
  const pictured = picturedModel(document);
  return (
    <>
      <Head>
        <title>{`${document.title} · Latentboard`}</title>
      </Head>
      <div class="page-head">
        <h1>{document.title}</h1>
        <ModelTools name={document.name} title={document.title} />
      </div>
      <div class="stack">
        <section class="card stack" aria-labelledby="pictures-heading">
          <h2 id="pictures-heading">Reconstructions and samples</h2>
          <ModelPictures models={[pictured]} />
        </section>
        {history.length > 0 && <Losses history={history} />}
        <div class="columns">
          {pictured.map !== undefined && (
            <section class="card stack" aria-labelledby="map-heading">
              <h2 id="map-heading">Latent map</h2>
              <LatentMap
                model={{ ...pictured, labels: document.labels.map(({ name }) => name) }}
                links={pictured.map}
              />
            </section>
          )}
          <div class="stack">
            <Figures document={document} />
            <Certificate document={document} />
            <Files document={document} />
            <details class="card">
              <summary>Configuration</summary>
              <pre
                class="config"
                tabIndex={0}
                aria-label="Configuration"
              ><code>{JSON.stringify(document.config, null, 2)}</code></pre>
            </details>
          </div>
        </div>
      </div>
    </>
  );
});

function Losses({ history }: { history: readonly HistoryEpoch[] }) {
  return (
    <section class="card stack" aria-labelledby="losses-heading">
      <h2 id="losses-heading">Loss curves</h2>
      <div class="loss-charts">
        <LossChart title="Loss" part="loss" history={history} />
        <LossChart title="Reconstruction" part="reconstruction" history={history} />
        <LossChart title="KL divergence" part="kl" history={history} />
      </div>
      <p class="hint loss-legend">
        <span class="train">training</span> <span class="validation">held-out pictures</span> nats per picture
      </p>
    </section>
  );
}

function Figures({ document }: { document: ModelDocument }) {
  return (
    <section class="card stack tight" aria-labelledby="metrics-heading">
      <h2 id="metrics-heading">Figures</h2>
      <dl class="figures">
        {Object.entries(document.metrics).map(([name, value]) => (
          <>
            <dt>{figureName(name)}</dt>
            <dd>{formatFigure(value)}</dd>
          </>
        ))}
        <dt>Data</dt>
        <dd>
          {document.dataset.name}: {document.dataset.trainCount.toLocaleString("en")} to train,{" "}
          {document.dataset.testCount.toLocaleString("en")} to test
        </dd>
        <dt>Picture</dt>
        <dd>
          {document.image.width}×{document.image.height}, {document.image.channels === 1 ? "grey" : "colour"}
        </dd>
        <dt>Likelihood</dt>
        <dd>{document.likelihood.kind}</dd>
        <dt>Made</dt>
        <dd>
          <LocalTime iso={document.createdAt} />
        </dd>
      </dl>
      {!(HISTORY_FILE in document.files) && (
        <p class="hint">This model came without its losses per epoch; models trained from now on keep them.</p>
      )}
    </section>
  );
}

/** How far the ONNX graphs lie from the engine that trained them. */
function Certificate({ document: { certificate } }: { document: ModelDocument }) {
  return (
    <section class="card stack tight" aria-labelledby="certificate-heading">
      <h2 id="certificate-heading">Certificate of the export</h2>
      <p class="quiet">
        {certificate.samples} real pictures through {certificate.engine}
        {certificate.precision === "tf32" && " (trained in TF32, compared in float32)"}{" "}
        and through ONNX; largest differences:
      </p>
      <dl class="figures">
        <dt>Picture</dt>
        <dd>{formatFigure(certificate.imageMaxAbsolute)} of at most {formatFigure(certificate.limits.image)}</dd>
        <dt>Logits</dt>
        <dd>
          {formatFigure(certificate.logitsMaxRelative)} of at most {formatFigure(certificate.limits.relative)}, relative
        </dd>
        <dt>mu</dt>
        <dd>
          {formatFigure(certificate.muMaxRelative)} of at most {formatFigure(certificate.limits.relative)}, relative
        </dd>
      </dl>
    </section>
  );
}

/** Each file with its size, as a download. */
function Files({ document }: { document: ModelDocument }) {
  const files = Object.entries(document.files).toSorted(([, a], [, b]) => b.bytes - a.bytes);
  return (
    <section class="card stack tight" aria-labelledby="files-heading">
      <h2 id="files-heading">Files</h2>
      <ul class="files">
        {files.map(([name, { sha256, bytes }]) => (
          <li key={name}>
            <a href={modelFileUrl(document, name)} download={`${document.name}-${name}`}>{name}</a>
            <span class="number">{fileSize(bytes)}</span>
            <code title="SHA-256">{sha256}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
