import { IconButton } from "../Icon.tsx";
import { LocalTime } from "../LocalTime.tsx";

/** What a model's card shows. */
export interface ModelCardData {
  readonly name: string;
  readonly title: string;
  /** Of preview.png; absent where the model has none. */
  readonly preview?: string | undefined;
  readonly dataset: string;
  readonly trainCount: number;
  readonly latentDim: number;
  readonly activeUnits?: number | undefined;
  readonly negativeElbo?: number | undefined;
  /** Of all its files. */
  readonly bytes: number;
  readonly createdAt: string;
}

interface ModelCardProps {
  readonly model: ModelCardData;
  readonly picked: boolean;
  readonly onPick: (picked: boolean) => void;
  readonly onRemove: () => void;
}

/** One model of the list. */
export function ModelCard({ model, picked, onPick, onRemove }: ModelCardProps) {
  const { name, title, preview, activeUnits, negativeElbo } = model;
  return (
    <li class="card model">
      <div class="head">
        <h2>
          <a href={`/models/${name}`}>{title}</a>
        </h2>
        <label class="check">
          <input
            type="checkbox"
            aria-label={`Compare ${title}`}
            checked={picked}
            onChange={(event) => onPick(event.currentTarget.checked)}
          />{" "}
          Compare
        </label>
        <IconButton icon="trash" label={`Delete ${title}`} title="Delete" onClick={onRemove} />
      </div>
      {preview !== undefined && <img src={preview} alt={`Pictures that ${title} makes`} loading="lazy" />}
      <dl class="figures">
        <dt>Name</dt>
        <dd>{name}</dd>
        <dt>Data</dt>
        <dd>{model.dataset}, {model.trainCount.toLocaleString("en")} pictures</dd>
        <dt>Latents</dt>
        <dd>{model.latentDim}{activeUnits !== undefined && `, ${activeUnits} active`}</dd>
        {negativeElbo !== undefined && (
          <>
            <dt title="An upper bound of the negative log-likelihood of a test picture: less is better">
              Negative ELBO
            </dt>
            <dd>{negativeElbo.toFixed(2)} nats</dd>
          </>
        )}
        <dt>Size</dt>
        <dd>{(model.bytes / 1e6).toFixed(1)} MB</dd>
        <dt>Made</dt>
        <dd>
          <LocalTime iso={model.createdAt} dateOnly />
        </dd>
      </dl>
      <div class="row middle">
        <a class="button primary" href={`/?model=${name}`}>Open on the board</a>
        <a class="button" href={`/models/${name}`}>Look inside</a>
      </div>
    </li>
  );
}
