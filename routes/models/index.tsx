import { page } from "fresh";
import { Head } from "fresh/runtime";
import ModelShelf from "../../islands/ModelShelf.tsx";
import { define } from "../../lib/http/define.ts";
import { modelFileUrl } from "../../lib/http/model_files.ts";
import { latentDimOf } from "../../lib/inference/mod.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { models } = ctx.state.services;
    const { models: list, faulty } = await models.survey();
    return page({ documents: await Promise.all(list.map(({ name }) => models.document(name))), faulty });
  },
});

export default define.page<typeof handler>(function ModelsPage({ data }) {
  const cards = data.documents.map((document) => ({
    name: document.name,
    title: document.title,
    preview: modelFileUrl(document, "preview.png"),
    dataset: document.dataset.name,
    trainCount: document.dataset.trainCount,
    latentDim: latentDimOf(document),
    activeUnits: document.metrics.activeUnits,
    negativeElbo: document.metrics.negativeElbo,
    bytes: Object.values(document.files).reduce((sum, { bytes }) => sum + bytes, 0),
    createdAt: document.createdAt,
  }));
  return (
    <>
      <Head>
        <title>Models · Latentboard</title>
      </Head>
      <div class="page-head">
        <h1>Models</h1>
        <p>
          Made by <code>deno task train</code>, kept in <code>models/</code>
        </p>
      </div>
      <ModelShelf models={cards} />
      {data.faulty.length > 0 && (
        <section class="card stack tight faulty" aria-labelledby="faulty-heading">
          <h2 id="faulty-heading">Can't be used</h2>
          <dl class="figures">
            {data.faulty.map(({ name, reason }) => (
              <>
                <dt>{name}</dt>
                <dd>{reason}</dd>
              </>
            ))}
          </dl>
        </section>
      )}
    </>
  );
});
