import { page } from "fresh";
import { Head } from "fresh/runtime";
import ModelShelf from "../../islands/ModelShelf.tsx";
import { define } from "../../lib/http/define.ts";
import { modelFileUrl } from "../../lib/http/model_files.ts";
import { latentDimOf } from "../../lib/inference/mod.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { models } = ctx.state.services;
    const list = await models.list();
    return page({ documents: await Promise.all(list.map(({ name }) => models.document(name))) });
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
    </>
  );
});
