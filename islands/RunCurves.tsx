import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { CurvePanel, type CurveSource, useCurveView } from "../components/runs/CurvePanel.tsx";
import { errorText } from "../lib/browser/requests.ts";
import { isLoss, rangeOf, type RunCurves as Curves } from "../lib/browser/runs/run_curves.ts";
import { readCurves } from "../lib/browser/runs/run_session.ts";

/** The curves of several runs over each other. */
export default function RunCurves({ runs }: { runs: readonly { readonly id: string; readonly label: string }[] }) {
  const loaded = useSignal<readonly { readonly label: string; readonly curves: Curves }[]>([]);
  const problem = useSignal("");
  const view = useCurveView();
  useEffect(() => {
    Promise.all(runs.map(async ({ id, label }) => ({ label, curves: await readCurves(id) }))).then(
      (all) => loaded.value = all,
      (error) => problem.value = errorText(error),
    );
  }, []);
  const source = useMemo<CurveSource>(() => ({
    lines: (metric) =>
      loaded.value.map(({ label, curves }) => ({
        label,
        x: curves.column("step"),
        y: curves.column(metric),
        smoothed: isLoss(metric),
      })),
    range: () => rangeOf(loaded.value.map(({ curves }) => curves)),
  }), []);
  return (
    <>
      {problem.value !== "" && <p class="fault" role="alert">{problem.value}</p>}
      <CurvePanel source={source} view={view} changes={loaded} />
    </>
  );
}
