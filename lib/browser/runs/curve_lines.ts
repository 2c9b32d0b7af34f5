/** Lines as a chart takes them: smoothed, on one x axis, with gaps where there is nothing to draw. */

/** A line; `x` ascends. */
export interface CurveLine {
  readonly label: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Few values, each marked. */
  readonly marked?: boolean;
}

/** One y value per x: null is a gap, undefined is passed over. */
export type AlignedValues = ArrayLike<number | null | undefined>;

/**
 * The exponential moving average, without the pull to 0 at the beginning (Kingma & Ba 2015, section 3).
 *
 * @param weight of what was before, 0 (as it is) to below 1
 */
export function smooth(values: ArrayLike<number>, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length);
  let mean = 0;
  let rest = 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) {
      mean = weight * mean + (1 - weight) * value;
      rest *= weight;
    }
    smoothed[i] = Number.isFinite(value) ? mean / (1 - rest) : NaN;
  }
  return smoothed;
}

/**
 * Brings lines onto the union of their x values.
 *
 * @param positive whether only values above 0 can be drawn, as on a logarithmic scale
 */
export function alignLines(
  lines: readonly Pick<CurveLine, "x" | "y">[],
  positive = false,
): { x: ArrayLike<number>; y: readonly AlignedValues[] } {
  const x = unionOf(lines.map((line) => line.x));
  return {
    x,
    y: lines.map((line) => {
      const values = drawable(line.y, positive);
      return line.x.length === x.length ? values : spread(line.x, values, x);
    }),
  };
}

/** All values of ascending arrays, each once, ascending. */
function unionOf(arrays: readonly ArrayLike<number>[]): ArrayLike<number> {
  let union = arrays[0] ?? [];
  for (const other of arrays.slice(1)) {
    const merged: number[] = [];
    let [i, j] = [0, 0];
    while (i < union.length || j < other.length) {
      const a = i < union.length ? union[i]! : Infinity;
      const b = j < other.length ? other[j]! : Infinity;
      merged.push(Math.min(a, b));
      if (a <= b) i++;
      if (b <= a) j++;
    }
    if (merged.length > union.length) union = merged;
  }
  return union;
}

function drawable(values: ArrayLike<number>, positive: boolean): ArrayLike<number | null> {
  const fits = (value: number) => Number.isFinite(value) && (!positive || value > 0);
  for (let i = 0; i < values.length; i++) {
    if (!fits(values[i]!)) return Array.from(values, (value) => fits(value) ? value : null);
  }
  return values;
}

function spread(from: ArrayLike<number>, values: ArrayLike<number | null>, to: ArrayLike<number>): AlignedValues {
  const aligned: (number | null | undefined)[] = Array(to.length);
  for (let i = 0, j = 0; i < from.length; i++) {
    while (to[j]! < from[i]!) j++;
    aligned[j] = values[i];
  }
  return aligned;
}
