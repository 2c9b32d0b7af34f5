import { page } from "fresh";
import { Head } from "fresh/runtime";
import LatentMap from "../../islands/LatentMap.tsx";
import ShareBoard from "../../islands/ShareBoard.tsx";
import { define } from "../../lib/http/define.ts";
import { modelFileUrl } from "../../lib/http/model_files.ts";
import { latentDimOf } from "../../lib/inference/mod.ts";
import type { ModelDocument } from "../../lib/model/mod.ts";
import { figureName } from "../../components/figure_names.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const document = await ctx.state.services.models.document(ctx.params.name!);
    return page({ document });
  },
});

export default define.page<typeof handler>(function ModelPage({ data: { document } }) {
  return (
    <>
      <Head>
        <title>{`${document.title} · Latentboard`}</title>
      </Head>
      <div class="page-head">
        <h1>{document.title}</h1>
        <a class="button primary" href={`/?model=${document.name}`}>Open on the board</a>
        <ShareBoard model={document.name} />
      </div>
      <div class="columns">
        {"map.bin" in document.files && (
          <section class="card stack" aria-labelledby="map-heading">
            <h2 id="map-heading">Latent map</h2>
            <LatentMap
              model={document.name}
              latentDim={latentDimOf(document)}
              labels={document.labels.map(({ name }) => name)}
              image={{ width: document.image.width, height: document.image.height }}
              data={modelFileUrl(document, "map.bin")!}
              sheet={modelFileUrl(document, "map.png")}
            />
          </section>
        )}
        <div class="stack">
          <section class="card stack tight" aria-labelledby="metrics-heading">
            <h2 id="metrics-heading">Figures</h2>
            <dl class="figures">
              {Object.entries(document.metrics).map(([name, value]) => (
                <>
                  <dt>{figureName(name)}</dt>
                  <dd>{figure(value)}</dd>
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
                <time dateTime={document.createdAt}>{document.createdAt.slice(0, 16).replace("T", " ")} UTC</time>
              </dd>
            </dl>
          </section>
          <Certificate document={document} />
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
    </>
  );
});

/** The export's certificate: how far the ONNX graphs lie from the engine that trained them. */
function Certificate({ document: { certificate, files } }: { document: ModelDocument }) {
  return (
    <section class="card stack tight" aria-labelledby="certificate-heading">
      <h2 id="certificate-heading">Certificate of the export</h2>
      <p class="quiet">
        {certificate.samples} real pictures through {certificate.engine} and through ONNX; largest differences:
      </p>
      <dl class="figures">
        <dt>Picture</dt>
        <dd>{figure(certificate.imageMaxAbsolute)} of at most {figure(certificate.limits.image)}</dd>
        <dt>Logits</dt>
        <dd>{figure(certificate.logitsMaxRelative)} of at most {figure(certificate.limits.relative)}, relative</dd>
        <dt>mu</dt>
        <dd>{figure(certificate.muMaxRelative)} of at most {figure(certificate.limits.relative)}, relative</dd>
        {Object.entries(files).filter(([name]) => name.endsWith(".onnx")).map(([name, { sha256, bytes }]) => (
          <>
            <dt>{name}</dt>
            <dd>
              {(bytes / 1024).toFixed(0)} KiB, sha256 <code>{sha256}</code>
            </dd>
          </>
        ))}
      </dl>
    </section>
  );
}

function figure(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  return Number.isInteger(value) ? value.toLocaleString("en") : value.toFixed(value < 10 ? 3 : 2);
}
