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

/** One plot's axes, and what stands above it. */
export interface Panel {
  readonly title: string;
  /** With its unit, such as `step` or `z1`. */
  readonly xLabel: string;
  /** With its unit, such as `nats per picture`. */
  readonly yLabel: string;
}

/** What a plot of its own has. */
export interface PlotFrame extends Panel {
  /** Small print below it, such as the configuration that made it. */
  readonly caption?: string;
  /** Pixels; 720 by 440 by default. */
  readonly width?: number;
  readonly height?: number;
}

/** A named row of points `[x, y]` in drawing order; a point that is not finite leaves a gap. */
export interface PlotSeries {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  /** The next of {@linkcode PALETTE} by default. */
  readonly color?: string;
}

type Options = Readonly<Record<string, unknown>>;

/**
 * Draws lines over a numeric axis.
 *
 * @returns a whole SVG document
 */
export function lineChart(frame: PlotFrame, series: readonly PlotSeries[]): string {
  return drawPlot(frame, series.map(lineOf), LINE_AXES);
}

/**
 * Draws line charts side by side, under one title and one legend.
 *
 * @returns a whole SVG document
 */
export function lineCharts(title: string, panels: readonly (Panel & { series: readonly PlotSeries[] })[]): string {
  const [width, height] = [320, 276];
  return render(width * panels.length, height, {
    title: [
      { text: title, left: 16, top: 8, textStyle: { fontSize: 14, fontWeight: "normal" } },
      ...panels.map(({ title }, i) => ({
        text: title,
        left: (i + 0.6) * width,
        top: 40,
        textAlign: "center",
        textStyle: { fontSize: 13, fontWeight: "normal" },
      })),
    ],
    legend: { top: 10, right: 16, itemWidth: 24, itemHeight: 8, itemGap: 12 },
    grid: panels.map((_, i) => ({ left: i * width + 72, width: width - 88, top: 68, bottom: 52 })),
    xAxis: panels.map(({ xLabel }, i) => ({ ...axis(xLabel, 28), ...LINE_AXES.xAxis, gridIndex: i, splitNumber: 4 })),
    yAxis: panels.map(({ yLabel }, i) => ({ ...axis(yLabel, 52), ...LINE_AXES.yAxis, gridIndex: i })),
    series: panels.flatMap(({ series }, i) =>
      series.map((line) => ({ ...lineOf(line), xAxisIndex: i, yAxisIndex: i }))
    ),
  });
}

/**
 * Draws points, one colour per series, such as latents by label.
 *
 * @param options `radius` in pixels; `range` fixes both axes to `[minimum, maximum]`, so that frames of a film agree
 * @returns a whole SVG document
 */
export function scatterChart(
  frame: PlotFrame,
  series: readonly PlotSeries[],
  options: { readonly radius?: number; readonly range?: readonly [number, number] } = {},
): string {
  const { radius = 1.6, range } = options;
  const both = { type: "value", scale: true, ...(range ? { min: range[0], max: range[1] } : {}) };
  return drawPlot(
    frame,
    series.map((group) => ({ ...dataOf(group), type: "scatter", symbolSize: 2 * radius, itemStyle: { opacity: 0.7 } })),
    { xAxis: both, yAxis: both },
  );
}

/**
 * Draws one bar per name, such as KL divergence per latent.
 *
 * @param bars in drawing order
 * @returns a whole SVG document
 */
export function barChart(frame: PlotFrame, bars: readonly { readonly name: string; readonly value: number }[]): string {
  return drawPlot(frame, [{ type: "bar", data: bars.map((bar) => bar.value), name: frame.yLabel }], {
    xAxis: { type: "category", data: bars.map((bar) => bar.name) },
    yAxis: { type: "value" },
  });
}

const LINE_AXES = {
  xAxis: { type: "value", min: "dataMin", max: "dataMax", minInterval: 1 },
  yAxis: { type: "value", scale: true },
};

function lineOf(line: PlotSeries): Options {
  const color = line.color === undefined ? {} : { color: line.color };
  return { ...dataOf(line), type: "line", showSymbol: line.points.length < 3, ...color };
}

function dataOf(series: PlotSeries): Options {
  return { name: series.name, data: series.points.map(([x, y]) => [x, Number.isFinite(y) ? y : "-"]) };
}

function axis(name: string, nameGap: number): Options {
  const axisLine = { show: true, lineStyle: { color: "#222222" } };
  return { name, nameGap, nameLocation: "middle", nameTextStyle: { fontSize: 13 }, axisLine };
}

function drawPlot(frame: PlotFrame, series: readonly Options[], axes: { xAxis: Options; yAxis: Options }): string {
  const { width = 720, height = 440, title, caption } = frame;
  const small = { fontSize: 9, color: "#666666", fontWeight: "normal" };
  return render(width, height, {
    title: [
      { text: title, left: "center", top: 8, textStyle: { fontSize: 16, fontWeight: "normal" } },
      ...(caption === undefined ? [] : [{ text: caption, left: 8, bottom: 4, textStyle: small }]),
    ],
    legend: series.length > 1 ? { top: 34, itemWidth: 12, itemHeight: 8, itemGap: 12 } : { show: false },
    grid: { left: 72, right: 28, top: series.length > 6 ? 84 : series.length > 1 ? 62 : 44, bottom: 64 },
    xAxis: { ...axis(frame.xLabel, 30), ...axes.xAxis },
    yAxis: { ...axis(frame.yLabel, 50), ...axes.yAxis },
    series,
  });
}

function render(width: number, height: number, options: Options): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: "#ffffff",
      color: [...PALETTE],
      textStyle: { fontFamily: "sans-serif" },
      ...options,
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
