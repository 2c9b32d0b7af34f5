import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { type ReadonlySignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { CurveChart, StepRange } from "../../lib/browser/runs/curve_chart.ts";
import { type CurveLine, smooth } from "../../lib/browser/runs/curve_lines.ts";
import { METRIC_WORDS, type MetricWords, numberText } from "../../lib/browser/runs/run_words.ts";
import { CheckField, RangeField, SelectField } from "../fields.tsx";

/** What the charts of one page have in common. */
export interface CurveView {
  /** Weight of the past in the moving average, 0 to 0.99. */
  readonly smoothing: Signal<number>;
  readonly logarithmic: Signal<boolean>;
  readonly zoom: Signal<StepRange | undefined>;
}

/** A curve before it is smoothed, with those that are drawn as they are. */
export interface CurveSource {
  readonly lines: (metric: MetricWords["name"]) => readonly (CurveLine & { readonly smoothed: boolean })[];
  /** Steps from the first to the last one that is known. */
  readonly range: () => StepRange;
}

const MAX_SMOOTHING = 0.99;

/** The parts of a run that a zoom shows. */
const PARTS: readonly (readonly [value: string, text: string, share: number])[] = [
  ["1", "The whole run", 1],
  ["0.5", "Its last half", 0.5],
  ["0.1", "Its last tenth", 0.1],
];

/** The view of a page, with the choices of a newcomer. */
export function useCurveView(): CurveView {
  return { smoothing: useSignal(0.6), logarithmic: useSignal(false), zoom: useSignal<StepRange | undefined>() };
}

/** All curves of one run or several, with their controls. `changes` rises when there is more to draw. */
export function CurvePanel({ source, view, changes }: {
  readonly source: CurveSource;
  readonly view: CurveView;
  readonly changes: ReadonlySignal<unknown>;
}) {
  const { smoothing, logarithmic, zoom } = view;
  const part = useSignal("1");
  const choose = (value: string) => {
    part.value = value;
    const share = PARTS.find(([name]) => name === value)![2];
    const { min, max } = source.range();
    zoom.value = share === 1 ? undefined : { min: max - (max - min) * share, max };
  };
  return (
    <div class="stack">
      <div class="row">
        <RangeField
          id="smoothing"
          label="Smoothing"
          text={`${Math.round(smoothing.value * 100)} %`}
          value={smoothing.value}
          min={0}
          max={MAX_SMOOTHING}
          step={0.01}
          onNumber={(value) => smoothing.value = value}
        />
        <SelectField
          id="zoom"
          label="Show"
          value={zoom.value === undefined ? "1" : part.value}
          options={PARTS.map(([value, text]) => [value, text])}
          onSelect={choose}
        />
        <CheckField
          label="Logarithmic scale"
          checked={logarithmic.value}
          onCheck={(checked) => logarithmic.value = checked}
        />
        {zoom.value !== undefined && (
          <button type="button" onClick={() => zoom.value = undefined}>Show the whole run</button>
        )}
      </div>
      <div class="curves">
        {METRIC_WORDS.map((metric) => (
          <Curve key={metric.name} metric={metric} source={source} view={view} changes={changes} />
        ))}
      </div>
      <p class="hint">Drag over a part of a curve to zoom in; a double click shows all of it again.</p>
    </div>
  );
}

interface Pointed {
  readonly step: number;
  readonly values: readonly (number | undefined)[];
}

function Curve({ metric, source, view, changes }: {
  readonly metric: MetricWords;
  readonly source: CurveSource;
  readonly view: CurveView;
  readonly changes: ReadonlySignal<unknown>;
}) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useSignal<CurveChart | undefined>(undefined);
  const seen = useSignal(false);
  const pointed = useSignal<Pointed | undefined>(undefined);
  const lines = useComputed(() => {
    void changes.value;
    return source.lines(metric.name);
  });

  useEffect(() => {
    const watcher = new IntersectionObserver(([entry]) => seen.value = entry!.isIntersecting);
    watcher.observe(element.current!);
    return () => watcher.disconnect();
  }, []);

  useSignalEffect(() => {
    const logarithmic = view.logarithmic.value;
    let stopped = false;
    let made: CurveChart | undefined;
    void import("../../lib/browser/runs/curve_chart.ts").then(async ({ CurveChart }) => {
      made = await CurveChart.create(element.current!, {
        logarithmic,
        onPointer: (step, values) => pointed.value = step === undefined ? undefined : { step, values },
        onZoom: (range) => view.zoom.value = range,
      });
      if (stopped) made.destroy();
      else chart.value = made;
    });
    return () => {
      stopped = true;
      made?.destroy();
      chart.value = undefined;
    };
  });

  useSignalEffect(() => {
    if (chart.value === undefined || !seen.value || lines.value.every(({ x }) => x.length === 0)) return;
    const weight = view.smoothing.value;
    chart.value.show(
      lines.value.map((line) => line.smoothed && weight > 0 ? { ...line, y: smooth(line.y, weight) } : line),
      view.zoom.value,
    );
  });

  const shown = pointed.value;
  return (
    <figure class="curve" aria-label={metric.title}>
      <figcaption title={metric.about}>{metric.title}</figcaption>
      <p class="curve-values">
        {lines.value.map((line, index) => (
          <span key={line.label}>
            <i class={`line-mark line-${index + 1}`} aria-hidden="true" />
            {line.label}{" "}
            <span class="number">
              {numberText((shown === undefined ? line.y[line.y.length - 1] : shown.values[index]) ?? NaN)}
            </span>
          </span>
        ))}
        {shown !== undefined && <span class="quiet">step {shown.step.toLocaleString("en")}</span>}
      </p>
      <div ref={element} class="curve-plot" data-points={lines.value[0]?.x.length ?? 0} />
    </figure>
  );
}
