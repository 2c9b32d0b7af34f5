/**
 * Makes the error for a part of Fresh that this package leaves out, so that a
 * use of it fails loudly where it stands.
 *
 * @param name The name as Fresh's documentation writes it.
 */
export function leftOut(name: string): Error {
  return new Error(
    `"${name}" exists in Fresh 2.3.3 but not in packages/fresh: delete "links" from deno.json to use Fresh itself`,
  );
}
