import { useEffect, useMemo } from "preact/hooks";
import { ConnectionStatus } from "../components/board/ConnectionStatus.tsx";
import { LatentList } from "../components/board/LatentList.tsx";
import { PictureView } from "../components/board/PictureView.tsx";
import { Replay } from "../components/runs/Replay.tsx";
import { ToastList } from "../components/ToastList.tsx";
import { BoardSession } from "../lib/browser/board_session.ts";
import type { BoardStart } from "../lib/browser/board_state.ts";
import { LiveModel } from "../lib/browser/runs/live_model.ts";
import type { ModelDetail } from "../lib/protocol.ts";

interface LiveBoardProps {
  /** The run's. */
  readonly id: string;
  readonly model: ModelDetail;
  readonly start: BoardStart;
  /** The decoded start as a `data:` URL. */
  readonly picture: string;
}

/** The board of a run that trains: the same sliders, each new decoder taken over as it comes. */
export default function LiveBoard({ id, model, start, picture }: LiveBoardProps) {
  const session = useMemo(() => new BoardSession(model, start, picture), []);
  const live = useMemo(() => new LiveModel(id, () => session.refresh()), []);
  useEffect(() => session.run(), []);
  useEffect(() => live.follow(), []);
  const finished = live.model.value;
  return (
    <div class="board">
      <section class="stage" aria-label="Picture">
        <PictureView session={session} />
        <p class="quiet" role="status">
          {finished === undefined
            ? `As it is after step ${(live.step.value ?? model.metrics.step ?? 0).toLocaleString("en")}`
            : "Training has ended"}
        </p>
        <div class="row">
          {finished !== undefined && <a class="button primary" href={`/?model=${finished}`}>Open the finished model</a>}
          <a class="button" href={`/runs/${id}`}>Its training</a>
        </div>
        <ConnectionStatus session={session} />
      </section>
      <section class="tools stack" aria-label="Sliders">
        <Replay session={session} run={id} />
        <LatentList session={session} />
      </section>
      <ToastList toasts={session.toasts} />
    </div>
  );
}
