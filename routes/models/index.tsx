import { page } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../../lib/http/define.ts";
import { modelFileUrl } from "../../lib/http/model_files.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { models } = ctx.state.services;
    const list = await models.list();
    const documents = await Promise.all(list.map(({ name }) => models.document(name)));
    return page({ documents });
  },
});

export default define.page<typeof handler>(function ModelsPage({ data }) {
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
      {data.documents.length === 0 && (
        <p class="empty card">
          None yet. <code>deno task train</code> makes one in a minute or two.
        </p>
      )}
      <ul class="model-list">
        {data.documents.map((model) => (
          <li key={model.name} class="card model">
            <h2>
              <a href={`/models/${model.name}`}>{model.title}</a>
            </h2>
            {"preview.png" in model.files && (
              <img
                src={modelFileUrl(model, "preview.png")!}
                alt={`Pictures that ${model.title} makes`}
                loading="lazy"
              />
            )}
            <dl class="figures">
              <dt>Data</dt>
              <dd>{model.dataset.name}, {model.dataset.trainCount.toLocaleString("en")} pictures</dd>
              <dt>Latents</dt>
              <dd>
                {model.latents.reduce((sum, latent) => sum + latent.shape.reduce((a, b) => a * b), 0)}
                {model.metrics.activeUnits !== undefined && `, ${model.metrics.activeUnits} active`}
              </dd>
              {model.metrics.negativeElbo !== undefined && (
                <>
                  <dt>Negative ELBO</dt>
                  <dd>{model.metrics.negativeElbo.toFixed(2)} nats</dd>
                </>
              )}
              <dt>Made</dt>
              <dd>
                <time dateTime={model.createdAt}>{model.createdAt.slice(0, 10)}</time>
              </dd>
            </dl>
            <div class="row">
              <a class="button primary" href={`/?model=${model.name}`}>Open on the board</a>
              <a class="button" href={`/models/${model.name}`}>Look inside</a>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
});
