/** Runs a function and collects what goes to console.error meanwhile. */
export async function captured<T>(
  run: () => Promise<T>,
): Promise<{ result: T; errors: unknown[] }> {
  const errors: unknown[] = [];
  const output = console;
  const { error } = output;
  output.error = (value: unknown) => errors.push(value);
  try {
    return { result: await run(), errors };
  } finally {
    output.error = error;
  }
}
