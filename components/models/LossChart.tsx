import type { EpochLosses, HistoryEpoch } from "../../lib/protocol.ts";

const WIDTH = 320;
const HEIGHT = 170;
const LEFT = 46;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 22;

/** One of the losses over the epochs, in training and on held-out pictures. */
export function LossChart({ title, part, history }: {
  readonly title: string;
  readonly part: keyof EpochLosses;
  readonly history: readonly HistoryEpoch[];
}) {
  const values = history.flatMap(({ train, validation }) => [train[part], validation[part]]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const last = history.at(-1)!;
  const x = (epoch: number) => LEFT + (WIDTH - LEFT - RIGHT) * (epoch - 1) / Math.max(1, last.epoch - 1);
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low || 1));
  const line = (side: "train" | "validation") =>
    history.map((record) => `${x(record.epoch).toFixed(1)},${y(record[side][part]).toFixed(1)}`).join(" ");
  const ticks = [low, (low + high) / 2, high];
  const label = `${title} per epoch, nats: from ${figure(history[0]!.validation[part])} ` +
    `to ${figure(last.validation[part])} on held-out pictures`;
  return (
    <figure class="loss-chart">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">{figure(tick)}</text>
          </g>
        ))}
        <text x={LEFT} y={HEIGHT - 4}>1</text>
        <text x={WIDTH - RIGHT} y={HEIGHT - 4} text-anchor="end">epoch {last.epoch}</text>
        <polyline class="train" points={line("train")} />
        <polyline class="validation" points={line("validation")} />
      </svg>
    </figure>
  );
}

const FORMAT = new Intl.NumberFormat("en", { maximumSignificantDigits: 4, minimumSignificantDigits: 3 });

function figure(value: number): string {
  return FORMAT.format(value);
}
