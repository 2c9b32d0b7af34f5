/** Loss curves of a run as SVG: loss, reconstruction and KL side by side, each with its axes. */
import type { EpochRecord } from "./history.ts";
import { type Anchor, strokeText } from "./glyphs.ts";

/** Okabe and Ito's colours, told apart by colour-blind people too. */
const TRAIN = "#0072b2";
const VALIDATION = "#d55e00";

const PANEL = { width: 320, height: 240, left: 64, right: 16, top: 36, bottom: 44 };

/** How letters are drawn: `text` elements for a browser, or strokes where there may be no fonts. */
export type Lettering = "text" | "strokes";

interface Writer {
  (text: string, x: number, y: number, options?: { anchor?: Anchor; rotate?: number; color?: string }): string;
}

/**
 * Draws the loss curves of a run.
 *
 * @param records the epochs so far, oldest first
 * @param options `title` above the panels; `lettering` as text elements (for a browser) or strokes (for rasterising)
 * @returns a whole SVG document, with axes even when there are no epochs yet
 */
export function drawLossCurves(
  records: readonly EpochRecord[],
  options: { title: string; lettering: Lettering },
): string {
  const write = options.lettering === "text" ? writeText : writeStrokes;
  const panels = (["loss", "reconstruction", "kl"] as const).map((part, index) => {
    const series = [
      { color: TRAIN, values: records.map((record) => record.train[part]) },
      { color: VALIDATION, values: records.map((record) => record.validation[part]) },
    ];
    const title = part === "kl" ? "KL divergence" : part;
    const drawing = drawPanel(title, records.map((record) => record.epoch), series, write);
    return `<g transform="translate(${index * PANEL.width} 36)">${drawing}</g>`;
  });
  const width = PANEL.width * 3;
  const height = PANEL.height + 36;
  const legend = [
    `<path d="M${width - 250} 22h24" stroke="${TRAIN}" stroke-width="2"/>`,
    write("training", width - 220, 26),
    `<path d="M${width - 140} 22h24" stroke="${VALIDATION}" stroke-width="2"/>`,
    write("held-out", width - 110, 26),
  ].join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `role="img" aria-label="Loss curves of ${escape(options.title)}">` +
    `<rect width="${width}" height="${height}" fill="#fff"/>` +
    write(options.title.slice(0, 72), 16, 26) + legend + panels.join("") + `</svg>\n`;
}

/**
 * Round numbers that cover a range, for an axis.
 *
 * @param low the least value
 * @param high the greatest, at least `low`
 * @param count about how many are wanted
 * @returns ascending ticks, the first at most `low` and the last at least `high`
 */
export function axisTicks(low: number, high: number, count: number): number[] {
  const span = high > low ? high - low : Math.max(Math.abs(low), 1) * 0.1;
  const rough = span / Math.max(1, count - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999)!;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

function drawPanel(
  title: string,
  epochs: readonly number[],
  series: readonly { color: string; values: readonly number[] }[],
  write: Writer,
): string {
  const finite = series.flatMap(({ values }) => values.filter(Number.isFinite));
  const yTicks = finite.length === 0 ? [0, 1] : axisTicks(Math.min(...finite), Math.max(...finite), 5);
  const xTicks = axisTicks(epochs[0] ?? 0, epochs.at(-1) ?? 1, 5).filter(Number.isInteger);
  const [xLow, xHigh] = [Math.min(xTicks[0]!, epochs[0] ?? 0), Math.max(xTicks.at(-1)!, 1)];
  const [yLow, yHigh] = [yTicks[0]!, yTicks.at(-1)!];
  const right = PANEL.width - PANEL.right;
  const bottom = PANEL.height - PANEL.bottom;
  const x = (value: number) => round(PANEL.left + (right - PANEL.left) * (value - xLow) / (xHigh - xLow || 1));
  const y = (value: number) => round(bottom - (bottom - PANEL.top) * (value - yLow) / (yHigh - yLow || 1));

  const grid = yTicks.map((tick) =>
    `<path d="M${PANEL.left} ${y(tick)}H${right}" stroke="#ddd"/>` +
    write(formatTick(tick), PANEL.left - 8, y(tick) + 4, { anchor: "end" })
  );
  const marks = xTicks.map((tick) =>
    `<path d="M${x(tick)} ${bottom}v5" stroke="#222"/>` +
    write(String(tick), x(tick), bottom + 18, { anchor: "middle" })
  );
  const lines = series.map(({ color, values }) => {
    const points = values.flatMap((value, index) => Number.isFinite(value) ? [[x(epochs[index]!), y(value)]] : []);
    if (points.length === 0) return "";
    const dots = points.length > 40
      ? ""
      : points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="2" fill="${color}"/>`).join("");
    return `<polyline points="${points.map((point) => point.join(",")).join(" ")}" fill="none" stroke="${color}" ` +
      `stroke-width="1.5"/>${dots}`;
  });
  return grid.join("") + marks.join("") +
    `<path d="M${PANEL.left} ${PANEL.top}V${bottom}H${right}" fill="none" stroke="#222"/>` + lines.join("") +
    write(title, (PANEL.left + right) / 2, PANEL.top - 12, { anchor: "middle" }) +
    write("epoch", (PANEL.left + right) / 2, PANEL.height - 8, { anchor: "middle" }) +
    write("nats a picture", 12, (PANEL.top + bottom) / 2, { anchor: "middle", rotate: -90 });
}

const writeStrokes: Writer = (text, x, y, options = {}) => strokeText(text, x, y, { size: 8, ...options });

const writeText: Writer = (text, x, y, { anchor = "start", rotate, color = "#222" } = {}) =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${color}" font-family="system-ui, sans-serif" ` +
  `font-size="12"${rotate === undefined ? "" : ` transform="rotate(${rotate} ${x} ${y})"`}>${escape(text)}</text>`;

function formatTick(value: number): string {
  return Math.abs(value) >= 1e5 ? value.toExponential(1) : String(Number(value.toPrecision(5)));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
