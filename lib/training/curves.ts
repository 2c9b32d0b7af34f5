/** Loss curves of a run, of training and of held-out pictures over the epochs. */
import { lineChart, lineCharts, PALETTE, type PlotFrame, type PlotSeries } from "../charts/charts.ts";
import type { EpochRecord, LossParts } from "./history.ts";

const NAMES: Readonly<Record<keyof LossParts, string>> = {
  loss: "Loss",
  reconstruction: "Reconstruction",
  kl: "KL divergence",
};

const AXES = { xLabel: "epoch", yLabel: "nats per picture" };

/** The parts of the loss that are plotted. */
export const LOSS_PARTS = ["loss", "reconstruction", "kl"] as const satisfies (keyof LossParts)[];

/**
 * Draws one part of the loss.
 *
 * @param subject whose, for the title
 * @returns an SVG document
 */
export function drawLossCurve(
  subject: string,
  history: readonly EpochRecord[],
  part: keyof LossParts,
  options: Pick<PlotFrame, "caption"> = {},
): string {
  return lineChart({ title: `${NAMES[part]} of ${subject}`, ...options, ...AXES }, seriesOf(history, part));
}

/**
 * Draws the parts of the loss side by side.
 *
 * @param history the epochs so far, oldest first
 * @returns an SVG document, with axes even when there are no epochs yet
 */
export function drawLossCurves(title: string, history: readonly EpochRecord[]): string {
  return lineCharts(
    title,
    LOSS_PARTS.map((part) => ({ title: NAMES[part], ...AXES, series: seriesOf(history, part) })),
  );
}

function seriesOf(history: readonly EpochRecord[], part: keyof LossParts): PlotSeries[] {
  return [
    { name: "training", color: PALETTE[0]!, points: history.map(({ epoch, train }) => [epoch, train[part]]) },
    { name: "held-out", color: PALETTE[3]!, points: history.map(({ epoch, validation }) => [epoch, validation[part]]) },
  ];
}
