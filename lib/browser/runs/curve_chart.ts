/** One chart of curves, drawn by uPlot, which is loaded with the first one. */
import type UPlot from "uplot";
import { alignLines, type CurveLine } from "./curve_lines.ts";

/** A range of steps. */
export interface StepRange {
  readonly min: number;
  readonly max: number;
}

/** How a chart is drawn, and what it reports. */
export interface CurveChartOptions {
  readonly logarithmic: boolean;
  /** The pointer's step with the value of each line there; undefined when it has left. */
  readonly onPointer: (step: number | undefined, values: readonly (number | undefined)[]) => void;
  /** A range was drawn with the pointer; undefined for all of it. */
  readonly onZoom: (range: StepRange | undefined) => void;
}

const HEIGHT = 200;
const MIN_WIDTH = 200;
/** Charts of one page show the same step under the pointer. */
const SYNC = "steps";
/** Pixels that a selection must have to be one. */
const MIN_SELECTION = 6;

/** A chart within an element. */
export class CurveChart {
  #plot: UPlot | undefined;
  #labels = "";
  #lines: readonly CurveLine[] = [];
  readonly #resizing: ResizeObserver;
  readonly #themes: MutationObserver;
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");
  readonly #repaint = () => this.#plot?.redraw(false);

  private constructor(
    private readonly Plot: typeof UPlot,
    private readonly element: HTMLElement,
    private readonly options: CurveChartOptions,
  ) {
    this.#resizing = new ResizeObserver(() => this.#plot?.setSize(this.#size()));
    this.#resizing.observe(element);
    this.#themes = new MutationObserver(this.#repaint);
    this.#themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#scheme.addEventListener("change", this.#repaint);
  }

  /** Loads the library and makes an empty chart. */
  static async create(element: HTMLElement, options: CurveChartOptions): Promise<CurveChart> {
    const { default: Plot } = await import("uplot");
    return new CurveChart(Plot, element, options);
  }

  /** Draws these lines; browsers' profilers and tests see each drawing as the measure `curve`. */
  show(lines: readonly CurveLine[], zoom: StepRange | undefined): void {
    const start = performance.now();
    this.#lines = lines;
    const { x, y } = alignLines(lines, this.options.logarithmic);
    const data = [x, ...y] as unknown as UPlot.AlignedData;
    const labels = lines.map(({ label, marked }) => `${label}${marked}`).join("\n");
    if (this.#plot === undefined || labels !== this.#labels) {
      this.#plot?.destroy();
      this.#plot = new this.Plot(this.#describe(), data, this.element);
      this.#labels = labels;
    } else {
      this.#plot.setData(data);
    }
    if (zoom !== undefined) this.#plot.setScale("x", zoom);
    queueMicrotask(() => performance.measure("curve", { start })); // uPlot draws in a microtask of its own, queued before
  }

  /** Ends it. */
  destroy(): void {
    this.#resizing.disconnect();
    this.#themes.disconnect();
    this.#scheme.removeEventListener("change", this.#repaint);
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(MIN_WIDTH, this.element.clientWidth), height: HEIGHT };
  }

  #colour(variable: string): string {
    const probe = document.createElement("i");
    probe.style.color = `var(${variable})`;
    this.element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }

  #describe(): UPlot.Options {
    const axis = {
      stroke: () => this.#colour("--quiet"),
      grid: { stroke: () => this.#colour("--line"), width: 1 },
      ticks: { show: false },
      font: "11px system-ui, sans-serif",
    } satisfies UPlot.Axis;
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: false }, sync: { key: SYNC }, points: { size: 7 } },
      scales: { x: { time: false }, y: { distr: this.options.logarithmic ? 3 : 1 } },
      axes: [{ ...axis, size: 24 }, { ...axis, size: 52, values: (_, ticks) => ticks.map(tickText) }],
      series: [
        {},
        ...this.#lines.map((line, index) => ({
          label: line.label,
          stroke: () => this.#colour(`--line-${index + 1}`),
          width: 1.5,
          points: { show: line.marked === true },
        })),
      ],
      hooks: {
        setCursor: [(plot) => this.#point(plot)],
        setSelect: [(plot) => this.#select(plot)],
        ready: [(plot) => plot.over.addEventListener("dblclick", () => this.options.onZoom(undefined))],
      },
    };
  }

  #point(plot: UPlot): void {
    const index = plot.cursor.idx;
    if (index === null || index === undefined) return this.options.onPointer(undefined, []);
    const step = plot.data[0]![index];
    this.options.onPointer(step, this.#lines.map(({ x, y }) => y[lastUpTo(x, step!)]));
  }

  #select(plot: UPlot): void {
    const { left, width } = plot.select;
    if (width < MIN_SELECTION) return;
    const range = { min: plot.posToVal(left, "x"), max: plot.posToVal(left + width, "x") };
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.options.onZoom(range);
  }
}

/** The place of the last value up to a limit in an ascending array; -1 where there is none. */
function lastUpTo(values: ArrayLike<number>, limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function tickText(value: number | null): string {
  if (value === null) return "";
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e5) ? value.toExponential(0) : String(Number(value.toPrecision(6)));
}
