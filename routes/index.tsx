import { page } from "fresh";
import { Head } from "fresh/runtime";
import { TrainingStyle } from "../components/TrainingStyle.tsx";
import Board from "../islands/Board.tsx";
import { type BoardLink, parseBoardUrl } from "../lib/browser/board_url.ts";
import { LatentboardError } from "../lib/errors.ts";
import { define } from "../lib/http/define.ts";
import { modelFileUrl } from "../lib/http/model_files.ts";
import type { Services } from "../lib/http/state.ts";
import { encodePng } from "../lib/imaging/mod.ts";
import { type DecodedBatch, type ModelPool, pictureOf } from "../lib/inference/mod.ts";
import { log } from "../lib/log.ts";
import { openingLatent } from "../lib/model/mod.ts";
import type { ModelDetail, ModelSummary } from "../lib/protocol.ts";
import { RUN_PREFIX } from "../lib/protocol_runs.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { models, settings } = ctx.state.services;
    const list = await models.list();
    const link = parseBoardUrl(ctx.url);
    if (link.model?.startsWith(RUN_PREFIX)) return page({ live: await openRun(ctx.state.services, link) });
    if (link.model !== undefined && !list.some((model) => model.name === link.model)) {
      return page({ missing: link.model, list }, { status: 404 });
    }
    const model = link.model === undefined
      ? await firstUsable(models, list, settings.defaultModel)
      : await models.detail(link.model);
    if (model === undefined) return page({ missing: undefined, list: [] });
    const { name } = model;
    const document = await models.document(name);
    const z = link.z?.length === model.latentDim ? link.z : await openingLatent(settings.models, document);
    const picture = pictureLink(await models.use(name, (runtime) => runtime.decode(z, 1)));
    const data = modelFileUrl(document, "map.bin");
    const sheet = modelFileUrl(document, "map.png");
    const map = data !== undefined && sheet !== undefined ? { data, sheet } : undefined;
    const sampler = map === undefined ? undefined : link.sampler;
    const start = { z, seed: link.seed, temperature: link.temperature, sampler };
    const keys = link.keys?.filter((key) => key.length === model.latentDim) ?? [];
    const newcomer = !/(?:^|;\s*)newcomer=no(?:;|$)/.test(ctx.req.headers.get("cookie") ?? "");
    return page({ newcomer, model, picture, start, keys, map, list: list.map(({ name, title }) => ({ name, title })) });
  },
});

export default define.page<typeof handler>(function BoardPage({ data }) {
  if ("live" in data) return <LiveBoardPage {...data.live} />;
  if ("missing" in data) return <NoModel missing={data.missing} list={data.list} />;
  return (
    <>
      <Head>
        <title>{`${data.model.title} · Latentboard`}</title>
      </Head>
      <h1 class="hidden-visually">Latentboard: {data.model.title}</h1>
      <Board
        models={data.list}
        model={data.model}
        start={data.start}
        picture={data.picture}
        keys={data.keys}
        map={data.map}
        newcomer={data.newcomer}
      />
    </>
  );
});

/** The board of a run that trains. */
async function openRun({ runs, decoders }: Services, link: BoardLink) {
  const { id, title } = await runs.get(link.model!.slice(RUN_PREFIX.length));
  const model = await decoders.detail(id, title);
  const z = link.z?.length === model.latentDim ? link.z : model.labels.at(-1)?.mean ?? Array(model.latentDim).fill(0);
  const picture = pictureLink(await decoders.decode(id, await decoders.newest(id), Float32Array.from(z), 1));
  return { run: id, model, picture, start: { z, seed: link.seed, temperature: link.temperature } };
}

function LiveBoardPage(props: Awaited<ReturnType<typeof openRun>>) {
  return (
    <>
      <Head>
        <title>{`${props.model.title}, learning · Latentboard`}</title>
      </Head>
      <TrainingStyle />
      <h1 class="hidden-visually">Latentboard: {props.model.title}, learning</h1>
      <Board {...props} models={[]} keys={[]} map={undefined} newcomer={false} />
    </>
  );
}

function NoModel({ missing, list }: { missing: string | undefined; list: readonly ModelSummary[] }) {
  return (
    <div class="empty">
      <Head>
        <title>No model · Latentboard</title>
      </Head>
      <h1>{missing === undefined ? "No model yet" : `There is no model “${missing}”`}</h1>
      {list.length === 0
        ? (
          <>
            <p>Train one on the pictures that come along; it takes a minute or two:</p>
            <p>
              <code>deno task train</code>
            </p>
          </>
        )
        : (
          <>
            <p>Its link was made where that model is. Open one of these instead:</p>
            <ul>
              {list.map(({ name, title }) => (
                <li key={name}>
                  <a href={`/?model=${name}`}>{title}</a>
                </li>
              ))}
            </ul>
          </>
        )}
    </div>
  );
}

/** The model that the settings name, else the newest; one whose graphs can't be opened is passed over. */
async function firstUsable(
  models: ModelPool,
  list: readonly ModelSummary[],
  preferred: string,
): Promise<ModelDetail | undefined> {
  const first = ({ name }: ModelSummary) => Number(name === preferred);
  for (
    const { name } of list.toSorted((a, b) => first(b) - first(a) || b.createdAt.localeCompare(a.createdAt))
  ) {
    try {
      return await models.detail(name);
    } catch (error) {
      if (!(error instanceof LatentboardError) || error.kind === "unavailable") throw error;
      log.warn(`models: ${error.message}`);
    }
  }
  return undefined;
}

/** A decoded picture as a `data:` link, so that the page shows it before any script has run. */
function pictureLink(batch: DecodedBatch): string {
  const { width, height, channels } = batch;
  const png = encodePng({ width, height, channels, data: pictureOf(batch, 0) });
  return `data:image/png;base64,${png.toBase64()}`;
}
