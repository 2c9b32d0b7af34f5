import { useEffect, useMemo } from "preact/hooks";
import { SelectField } from "../components/fields.tsx";
import { IconButton } from "../components/Icon.tsx";
import { LocalTime } from "../components/LocalTime.tsx";
import { StateBadge } from "../components/runs/StateBadge.tsx";
import { ToastList } from "../components/ToastList.tsx";
import { ORDERS, RunListSession } from "../lib/browser/runs/run_list_session.ts";
import { STATE_WORDS } from "../lib/browser/runs/run_words.ts";
import { MAX_SEARCH_LENGTH } from "../lib/protocol.ts";
import { RUN_STATES, type RunPage, type RunState, type RunSummary } from "../lib/protocol_runs.ts";

/** Most runs that are compared: as many lines as a chart has colours. */
const MOST_COMPARED = 6;

/** All runs: found, put into order, compared, deleted. */
export default function RunList({ page }: { page: RunPage }) {
  const session = useMemo(() => new RunListSession(page), []);
  useEffect(() => session.follow(), []);
  const { runs, total } = session.page.value;
  const filtered = session.text.value !== "" || session.state.value !== "";
  const picked = session.picked.value;

  return (
    <div class="stack">
      <div class="row filters" role="search" aria-label="Runs">
        <div class="field grow">
          <label for="run-text">Find</label>
          <input
            id="run-text"
            type="search"
            placeholder="name or pictures"
            maxLength={MAX_SEARCH_LENGTH}
            value={session.text.value}
            onInput={({ currentTarget }) => session.search(() => session.text.value = currentTarget.value)}
          />
        </div>
        <SelectField
          id="run-state"
          label="Which stand as"
          value={session.state.value}
          options={[["", "any"], ...RUN_STATES.map((state) => [state, STATE_WORDS[state].name] as const)]}
          onSelect={(value) => session.search(() => session.state.value = value as RunState | "")}
        />
        <SelectField
          id="run-order"
          label="Order"
          value={session.order.value}
          options={ORDERS}
          onSelect={(value) => session.search(() => session.order.value = value as typeof ORDERS[number][0])}
        />
      </div>
      {session.problem.value !== "" && <p class="fault" role="alert">{session.problem.value}</p>}
      {runs.length === 0
        ? (
          <p class="empty card">
            {filtered ? "No run is like that." : (
              <>
                None yet. <a href="/train">Train a model</a> on your own pictures.
              </>
            )}
          </p>
        )
        : (
          <ul class="run-list">
            {runs.map((run) => <RunCard key={run.id} run={run} session={session} />)}
          </ul>
        )}
      {total > runs.length && (
        <button type="button" onClick={() => void session.showMore()}>Show more of {total.toLocaleString("en")}</button>
      )}
      {picked.length > 0 && (
        <div class="card selection row middle" role="region" aria-label="Runs to compare">
          {picked.length > 1
            ? (
              <a class="button primary" href={`/runs/compare?${picked.map((id) => `run=${id}`).join("&")}`}>
                Compare {picked.length} runs
              </a>
            )
            : <span>Choose another to compare</span>}
          <button type="button" class="plain" onClick={() => session.picked.value = []}>Choose none</button>
        </div>
      )}
      <ToastList toasts={session.toasts} />
    </div>
  );
}

function RunCard({ run, session }: { run: RunSummary; session: RunListSession }) {
  const { id, title, state, epoch, epochs, bestLoss, actions } = run;
  const picked = session.picked.value.includes(id);
  return (
    <li class="card run-card">
      <div class="row middle spread">
        <h2>
          <a href={`/runs/${id}`}>{title}</a>
        </h2>
        <StateBadge state={state} />
      </div>
      {run.snapshot !== undefined && (
        <img
          class="crisp"
          src={`/api/runs/${id}/snapshots/${run.snapshot}/samples.png`}
          alt={`Pictures that ${title} invents`}
          loading="lazy"
        />
      )}
      <p class="quiet">
        {run.source}, <LocalTime iso={run.createdAt} />
      </p>
      <progress value={epoch} max={epochs} aria-label={`${epoch} of ${epochs} rounds`} />
      <p class="row middle spread">
        <span>Round {epoch} of {epochs}</span>
        {bestLoss !== undefined && (
          <span title="The best loss on held-out pictures, nats per picture; less is better">
            Error <span class="number">{bestLoss.toFixed(2)}</span>
          </span>
        )}
      </p>
      {run.failure !== undefined && <p class="fault">{run.failure}</p>}
      <div class="row middle">
        <label class="check">
          <input
            type="checkbox"
            aria-label={`Compare ${title}, ${id}`}
            checked={picked}
            onChange={({ currentTarget: { checked } }) =>
              session.picked.value = checked
                ? [...session.picked.value, id].slice(-MOST_COMPARED)
                : session.picked.value.filter((other) => other !== id)}
          />{" "}
          Compare
        </label>
        {state === "queued" && (
          <>
            <button type="button" onClick={() => void session.reorder(id, -1)} aria-label={`${title} earlier`}>
              Earlier
            </button>
            <button type="button" onClick={() => void session.reorder(id, 1)} aria-label={`${title} later`}>
              Later
            </button>
          </>
        )}
        {actions.includes("delete") && (
          <IconButton
            icon="trash"
            label={`Delete ${title}, ${id}`}
            title="Delete"
            onClick={() => void session.remove(run)}
          />
        )}
      </div>
    </li>
  );
}
