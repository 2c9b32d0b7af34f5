import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { askForNotices, noticePermission } from "../../lib/browser/runs/run_notices.ts";
import type { RunSession } from "../../lib/browser/runs/run_session.ts";
import { ACTION_WORDS, durationText, hasEnded, STATE_WORDS } from "../../lib/browser/runs/run_words.ts";
import { RUN_PREFIX } from "../../lib/protocol_runs.ts";
import { StateBadge } from "./StateBadge.tsx";

/** How a run stands, how far it is, and what can be done with it. */
export function RunHead({ session }: { session: RunSession }) {
  const run = session.run.value;
  return (
    <div class="stack tight">
      <div class="row middle">
        <StateBadge state={run.state} />
        <p class="run-progress" role="status">{progressText(session)}</p>
        {session.connection.value === "disconnected" && <p class="fault">The server can't be reached; trying again</p>}
      </div>
      <Progress session={session} />
      {run.failure !== undefined && <p class="fault" role="alert">{run.failure}</p>}
      <Buttons session={session} />
    </div>
  );
}

function progressText(session: RunSession): string {
  void session.changes.value;
  const run = session.run.value;
  const { newest, progress, start } = session.record;
  if (run.state === "queued") return `Number ${(run.position ?? 0) + 1} in the queue. ${STATE_WORDS.queued.about}`;
  if (run.state !== "running") return STATE_WORDS[run.state].about;
  if (progress !== undefined) {
    const of = progress.total > 0 ? ` of ${progress.total.toLocaleString("en")}` : "";
    return `Preparing: ${progress.what} ${progress.done.toLocaleString("en")}${of}`;
  }
  if (newest === undefined || start === undefined) return "Preparing";
  return `Round ${newest.epoch} of ${start.epochs} through the pictures, ` +
    `about ${durationText(newest.secondsLeft)} left, ` +
    `${Math.round(newest.imagesPerSecond).toLocaleString("en")} pictures a second`;
}

function Progress({ session }: { session: RunSession }) {
  void session.changes.value;
  const { curves, start, progress } = session.record;
  const run = session.run.value;
  if (run.state === "finished") return null;
  const [value, max] = start !== undefined
    ? [curves.length === 0 ? start.step : curves.column("step").at(-1)!, start.totalSteps]
    : [progress?.done ?? 0, progress?.total || 1];
  return <progress value={value} max={max} aria-label="Part of the training that is done" />;
}

function Buttons({ session }: { session: RunSession }) {
  const run = session.run.value;
  void session.changes.value;
  const boardModel = run.model ??
    (session.record.snapshots.length > 0 || run.snapshot !== undefined ? RUN_PREFIX + run.id : undefined);
  return (
    <div class="row middle run-tools">
      {boardModel !== undefined && (
        <a class="button primary" href={`/?model=${encodeURIComponent(boardModel)}`}>Open on the board</a>
      )}
      {run.model !== undefined && <a class="button" href={`/models/${run.model}`}>Look inside the model</a>}
      {run.actions.map((action) => {
        const { name, about } = ACTION_WORDS[action];
        if (action === "fork") {
          return <a key={action} class="button" href={`/train?fork=${run.id}`} title={about}>{name}</a>;
        }
        return (
          <button
            key={action}
            type="button"
            title={about}
            disabled={session.busy.value}
            onClick={() => void session.act(action)}
          >
            {name}
          </button>
        );
      })}
      {!hasEnded(run.state) && <NoticeButton />}
    </div>
  );
}

/** Offers the browser's notice of a run's end, where it was neither allowed nor refused yet. */
function NoticeButton() {
  const permission = useSignal<ReturnType<typeof noticePermission>>("unsupported");
  useEffect(() => void (permission.value = noticePermission()), []);
  if (permission.value === "granted") return <span class="hint">A notice comes when it ends</span>;
  if (permission.value !== "default") return null;
  return (
    <button type="button" onClick={async () => permission.value = await askForNotices()}>
      Tell me when it ends
    </button>
  );
}
