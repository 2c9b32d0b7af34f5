/** How configurations differ, key by key. */

/**
 * The keys whose values are not the same in all of some configurations.
 *
 * @param configurations plain data
 * @returns each key's path, such as `optimizer.learningRate`, with its value in every configuration as JSON; `-` where it
 * is missing
 */
export function differences(
  configurations: readonly Readonly<Record<string, unknown>>[],
): { readonly key: string; readonly values: readonly string[] }[] {
  const flat = configurations.map((configuration) => new Map(leavesOf(configuration)));
  const keys = [...new Set(flat.flatMap((leaves) => [...leaves.keys()]))];
  return keys.flatMap((key) => {
    const values = flat.map((leaves) => leaves.get(key) ?? "-");
    return new Set(values).size === 1 ? [] : [{ key, values }];
  });
}

function* leavesOf(value: unknown, path = ""): Generator<[string, string]> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    if (value !== undefined) yield [path, JSON.stringify(value)];
    return;
  }
  for (const [key, inner] of Object.entries(value)) yield* leavesOf(inner, path === "" ? key : `${path}.${key}`);
}
