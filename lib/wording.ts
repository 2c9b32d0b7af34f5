/** Numbers and near misses in sentences for people. */

/**
 * A count with its noun, such as `1 picture` and `12,000 pictures`.
 *
 * @param noun in the singular
 * @param plural where it is not the singular with an s
 */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : plural}`;
}

/**
 * The names that a word may have been meant for: those that differ by one letter or two that are swapped, else those
 * that begin alike.
 *
 * @param names those that there are
 */
export function nearNames(word: string, names: readonly string[]): string[] {
  const typos = names.filter((name) => isTypoOf(word.toLowerCase(), name.toLowerCase()));
  if (typos.length > 0) return typos;
  const start = word.slice(0, 3).toLowerCase();
  return start.length < 3 ? [] : names.filter((name) => name.toLowerCase().startsWith(start));
}

/** Whether one letter added, left out or replaced, or two swapped, turn one word into the other. */
function isTypoOf(word: string, name: string): boolean {
  let start = 0;
  while (start < word.length && word[start] === name[start]) start++;
  const [rest, wanted] = [word.slice(start), name.slice(start)];
  return rest === wanted.slice(1) || rest.slice(1) === wanted || rest.slice(1) === wanted.slice(1) ||
    (rest.slice(2) === wanted.slice(2) && rest[0] === wanted[1] && rest[1] === wanted[0]);
}
