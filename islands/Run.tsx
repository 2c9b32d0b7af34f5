import { useEffect, useMemo } from "preact/hooks";
import { CurvePanel, type CurveSource, useCurveView } from "../components/runs/CurvePanel.tsx";
import { FormingMap } from "../components/runs/FormingMap.tsx";
import { FormingPictures } from "../components/runs/FormingPictures.tsx";
import { LatentBars } from "../components/runs/LatentBars.tsx";
import { OverlayPicker } from "../components/runs/OverlayPicker.tsx";
import { RunHead } from "../components/runs/RunHead.tsx";
import { RunLog } from "../components/runs/RunLog.tsx";
import { ToastList } from "../components/ToastList.tsx";
import { isLoss, rangeOf } from "../lib/browser/runs/run_curves.ts";
import { RunSession } from "../lib/browser/runs/run_session.ts";
import type { RunSummary } from "../lib/protocol_runs.ts";

interface RunProps {
  readonly run: RunSummary;
  readonly latentDim: number;
}

/** A run as it trains, or as it trained. */
export default function Run({ run, latentDim }: RunProps) {
  const session = useMemo(() => new RunSession(run), []);
  const source = useMemo(() => curvesOf(session), []);
  const view = useCurveView();
  useEffect(() => session.follow(), []);
  void session.changes.value;

  if (session.deleted.value) {
    return (
      <div class="row middle">
        <p role="status">Deleted. It can be restored for a day.</p>
        <button type="button" onClick={() => void session.restore()}>Undo</button>
        <a class="button" href="/runs">All runs</a>
        <ToastList toasts={session.toasts} />
      </div>
    );
  }
  return (
    <div class="stack run">
      <RunHead session={session} />
      {session.record.warnings.map(({ id, kind, message }) => (
        <p key={id} class="warning" role="note" data-kind={kind}>{message}</p>
      ))}
      <section class="card stack" aria-labelledby="pictures-heading">
        <h2 id="pictures-heading">What it can draw</h2>
        <FormingPictures session={session} />
      </section>
      <section class="card stack" aria-labelledby="curves-heading">
        <div class="row middle spread">
          <h2 id="curves-heading">How it learns</h2>
          <OverlayPicker session={session} />
        </div>
        <CurvePanel source={source} view={view} changes={session.changes} />
      </section>
      <div class="columns">
        <section class="card stack" aria-labelledby="map-heading">
          <h2 id="map-heading" title="Map of the latent space">Where it puts the pictures</h2>
          <FormingMap session={session} latentDim={latentDim} />
        </section>
        <section class="card stack" aria-labelledby="bars-heading">
          <h2 id="bars-heading" title="KL divergence per latent">What each slider holds</h2>
          <LatentBars session={session} />
        </section>
      </div>
      <RunLog session={session} />
      <ToastList toasts={session.toasts} />
    </div>
  );
}

/** This run's curves with held-out losses and overlays. */
function curvesOf(session: RunSession): CurveSource {
  const { record } = session;
  return {
    lines: (metric) => {
      const x = record.curves.column("step");
      const y = record.curves.column(metric);
      const others = session.overlays.value.map(({ title, curves }) => ({
        label: title,
        x: curves.column("step"),
        y: curves.column(metric),
        smoothed: isLoss(metric),
      }));
      if (!isLoss(metric)) return [{ label: "this run", x, y, smoothed: false }, ...others];
      const heldOut = {
        label: "held-out pictures",
        x: record.epochs.map(({ step }) => step),
        y: record.epochs.map(({ validation }) => validation[metric]),
        smoothed: false,
        marked: true,
      };
      return [{ label: "in training", x, y, smoothed: true }, heldOut, ...others];
    },
    range: () => rangeOf([record.curves]),
  };
}
