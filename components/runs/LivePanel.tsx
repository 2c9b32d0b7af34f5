import { useEffect, useMemo } from "preact/hooks";
import type { BoardSession } from "../../lib/browser/board_session.ts";
import { LiveModel } from "../../lib/browser/runs/live_model.ts";
import { Replay } from "./Replay.tsx";

/** What the board of a run has besides: each new decoder is taken over as it comes, and the past is replayed. */
export function LivePanel({ session, run }: { session: BoardSession; run: string }) {
  const live = useMemo(() => new LiveModel(run, () => session.refresh()), []);
  useEffect(() => live.follow(), []);
  const finished = live.model.value;
  const step = live.step.value ?? session.model.metrics.step ?? 0;
  return (
    <>
      <div class="row middle spread">
        <p class="quiet" role="status">
          {finished === undefined ? `As it is after step ${step.toLocaleString("en")}` : "Training has ended"}
        </p>
        <div class="row">
          {finished !== undefined && <a class="button primary" href={`/?model=${finished}`}>Open the finished model</a>}
          <a class="button" href={`/runs/${run}`}>Its training</a>
        </div>
      </div>
      <Replay session={session} run={run} />
    </>
  );
}
