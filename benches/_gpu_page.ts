/** The part of docs/gpu.md that `deno task bench:gpu` writes. */

const BEGIN = "<!-- measured -->";
const END = "<!-- /measured -->";

/**
 * Replaces what lies between the two marks of a page.
 *
 * @throws {TypeError} when the page lacks them
 */
export async function writeMeasured(path: string, lines: readonly string[]): Promise<void> {
  const page = await Deno.readTextFile(path);
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new TypeError(`Cannot write figures into ${path}: it lacks ${BEGIN} and ${END}`);
  await Deno.writeTextFile(path, page.slice(0, begin + BEGIN.length) + `\n\n${lines.join("\n")}\n\n` + page.slice(end));
}
