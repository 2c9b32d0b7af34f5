/**
 * Letters as strokes, for pictures drawn on machines that have no fonts. Each glyph is an SVG path on a grid of 4 by 6,
 * its baseline at 6; lower-case letters, digits and a few signs are all that axes need.
 */

const GLYPHS: Readonly<Record<string, string>> = {
  "0": "M0 0H4V6H0ZM4 0L0 6",
  "1": "M1 1L2 0V6M0.5 6H3.5",
  "2": "M0 0H4V3H0V6H4",
  "3": "M0 0H4V6H0M1 3H4",
  "4": "M0 0V3H4M4 0V6",
  "5": "M4 0H0V3H4V6H0",
  "6": "M4 0H0V6H4V3H0",
  "7": "M0 0H4L1.5 6",
  "8": "M0 0H4V6H0ZM0 3H4",
  "9": "M4 3H0V0H4V6H0",
  "a": "M0.5 2H4V6H0V4H4",
  "b": "M0 0V6H4V2H0",
  "c": "M4 2H0V6H4",
  "d": "M4 0V6H0V2H4",
  "e": "M0 4H4V2H0V6H4",
  "f": "M4 0H2V6M0.5 2.5H3.5",
  "g": "M4 6H0V2H4V8H0.5",
  "h": "M0 0V6M0 2H4V6",
  "i": "M2 0V0.6M1 2H2V6M1 6H3",
  "j": "M3 0V0.6M2 2H3V8H0.5",
  "k": "M0 0V6M4 2L0 4.2L4 6",
  "l": "M1 0H2V6H3.5",
  "m": "M0 6V2H4V6M2 2V5",
  "n": "M0 6V2H4V6",
  "o": "M0 2H4V6H0Z",
  "p": "M0 8V2H4V6H0",
  "q": "M4 8V2H0V6H4",
  "r": "M0 6V2H3.5",
  "s": "M4 2H0V4H4V6H0",
  "t": "M2 0V6H4M0.5 2H3.5",
  "u": "M0 2V6H4V2",
  "v": "M0 2L2 6L4 2",
  "w": "M0 2L1 6L2 3L3 6L4 2",
  "x": "M0 2L4 6M4 2L0 6",
  "y": "M0 2V6H4M4 2V8H0.5",
  "z": "M0 2H4L0 6H4",
  ".": "M1.7 6H2.3",
  ",": "M2 5.5L1.4 7",
  "-": "M0.5 3.5H3.5",
  "+": "M2 1.5V5.5M0 3.5H4",
  "(": "M3 0L1.5 1.5V5L3 6.5",
  ")": "M1 0L2.5 1.5V5L1 6.5",
  "=": "M0 2.5H4M0 4.5H4",
  ":": "M2 2.2V2.8M2 5.2V5.8",
  "/": "M0 7L4 0",
  "_": "M0 7H4",
  "β": "M0 8V0.8L1 0H3L4 1V2.5L3 3H1M3 3L4 3.8V5.2L3 6H0",
};

const ADVANCE = 6;

/** Where a text lies relative to its point. */
export type Anchor = "start" | "middle" | "end";

/**
 * Text as an SVG group of strokes, letters in lower case; signs that are not known are left blank.
 *
 * @param text what to write
 * @param x where it starts, has its middle or ends
 * @param y its baseline
 * @param options `size` is the height of a capital in user units; `anchor`, `rotate` (degrees about the point) and
 * `color` as in SVG
 */
export function strokeText(
  text: string,
  x: number,
  y: number,
  options: { size: number; anchor?: Anchor; rotate?: number; color?: string },
): string {
  const letters = [...text.toLowerCase()];
  const scale = options.size / 6;
  const width = (letters.length * ADVANCE - 2) * scale;
  const left = options.anchor === "end" ? -width : options.anchor === "middle" ? -width / 2 : 0;
  const paths = letters.map((letter, index) => {
    const path = GLYPHS[letter];
    return path === undefined ? "" : `<path transform="translate(${index * ADVANCE} 0)" d="${path}"/>`;
  });
  const rotate = options.rotate ? ` rotate(${options.rotate})` : "";
  const place = `translate(${round(x)} ${round(y)})${rotate} translate(${round(left)} ${-options.size}) ` +
    `scale(${round(scale)})`;
  return `<g transform="${place}" fill="none" stroke="${options.color ?? "#222"}" stroke-width="${
    round(0.75)
  }" stroke-linecap="round" stroke-linejoin="round">${paths.join("")}</g>`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
