/** Plots with labelled axes as SVG, drawn on the server by ECharts: no browser, no canvas. */
import * as echarts from "echarts";

/**
 * Okabe and Ito's palette, told apart with any colour vision, and two more greys for data with ten classes.
 * Source: Okabe, M. and Ito, K., "Color Universal Design" (2008).
 */
export const PALETTE: readonly string[] = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#d55e00",
  "#cc79a7",
  "#56b4e9",
  "#8c7a00",
  "#4d4d4d",
  "#9467bd",
  "#999999",
];

/** What every plot has. */
export interface PlotFrame {
  /** Stands above the plot. */
  readonly title: string;
  /** Small print below it, such as the configuration that made it. */
  readonly caption?: string;
  /** Pixels; 720 by 440 where not given. */
  readonly width?: number;
  /** Pixels. */
  readonly height?: number;
  /** What the horizontal axis shows, with its unit, such as `step` or `z1`. */
  readonly xLabel: string;
  /** What the vertical axis shows, with its unit, such as `nats a picture`. */
  readonly yLabel: string;
}

/** A named row of points `[x, y]`; a point that is not finite leaves a gap. */
export interface PlotSeries {
  /** How the legend names it. */
  readonly name: string;
  /** Points in drawing order. */
  readonly points: readonly (readonly [number, number])[];
}

/**
 * Draws lines over a numeric axis.
 *
 * @param frame title, axes, size
 * @param series one line each
 * @returns a whole SVG document
 */
export function lineChart(frame: PlotFrame, series: readonly PlotSeries[]): string {
  return render(frame, series.map((line) => ({ ...entry(line), type: "line", showSymbol: line.points.length < 3 })), {
    xAxis: { type: "value", min: "dataMin", max: "dataMax" },
    yAxis: { type: "value", scale: true },
  });
}

/**
 * Draws points, one colour a series, such as latents by label.
 *
 * @param frame title, axes, size
 * @param series one group of points each
 * @param options `radius` in pixels; `range` fixes both axes to `[minimum, maximum]`, so that frames of a film agree
 * @returns a whole SVG document
 */
export function scatterChart(
  frame: PlotFrame,
  series: readonly PlotSeries[],
  options: { readonly radius?: number; readonly range?: readonly [number, number] } = {},
): string {
  const { radius = 1.6, range } = options;
  const axis = { type: "value", scale: true, ...(range ? { min: range[0], max: range[1] } : {}) };
  return render(
    frame,
    series.map((group) => ({ ...entry(group), type: "scatter", symbolSize: 2 * radius, itemStyle: { opacity: 0.7 } })),
    { xAxis: axis, yAxis: axis },
  );
}

/**
 * Draws one bar a name, such as KL divergence a latent.
 *
 * @param frame title, axes, size
 * @param bars names with their values, drawn in this order
 * @returns a whole SVG document
 */
export function barChart(frame: PlotFrame, bars: readonly { readonly name: string; readonly value: number }[]): string {
  return render(frame, [{ type: "bar", data: bars.map((bar) => bar.value), name: frame.yLabel }], {
    xAxis: { type: "category", data: bars.map((bar) => bar.name) },
    yAxis: { type: "value" },
  });
}

function entry(series: PlotSeries): { name: string; data: unknown[] } {
  return { name: series.name, data: series.points.map(([x, y]) => [x, Number.isFinite(y) ? y : "-"]) };
}

interface Axes {
  readonly xAxis: Readonly<Record<string, unknown>>;
  readonly yAxis: Readonly<Record<string, unknown>>;
}

function render(frame: PlotFrame, series: readonly Record<string, unknown>[], axes: Axes): string {
  const { width = 720, height = 440 } = frame;
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    const named = { nameLocation: "middle", nameTextStyle: { fontSize: 13 }, axisLine: { show: true } };
    chart.setOption({
      animation: false,
      backgroundColor: "#ffffff",
      color: [...PALETTE],
      textStyle: { fontFamily: "sans-serif" },
      title: [
        { text: frame.title, left: "center", top: 8, textStyle: { fontSize: 16, fontWeight: "normal" } },
        ...(frame.caption === undefined ? [] : [{
          text: frame.caption,
          left: 8,
          bottom: 4,
          textStyle: { fontSize: 9, color: "#666666", fontWeight: "normal" },
        }]),
      ],
      legend: series.length > 1 ? { top: 34, itemWidth: 12, itemHeight: 8, itemGap: 12 } : { show: false },
      grid: { left: 72, right: 28, top: series.length > 6 ? 84 : series.length > 1 ? 62 : 44, bottom: 64 },
      xAxis: { ...named, ...axes.xAxis, name: frame.xLabel, nameGap: 30 },
      yAxis: { ...named, ...axes.yAxis, name: frame.yLabel, nameGap: 50 },
      series: [...series],
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
