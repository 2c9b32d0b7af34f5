/** The error for a part of Fresh that this package leaves out, by the name that Fresh's documentation writes. */
export function leftOut(name: string): Error {
  return new Error(
    `"${name}" exists in Fresh 2.3.3 but not in packages/fresh: add it there, or delete "links" from deno.json`,
  );
}

/** A function of Fresh's that throws when it is called. */
export type Absent = (...args: unknown[]) => never;

/** Makes an {@linkcode Absent}. */
export function absent(name: string): Absent {
  return () => {
    throw leftOut(name);
  };
}

/** Lets methods of Fresh's throw. They have no types, so that `deno check` refuses them too. */
export function leaveOut(target: object, prefix: string, names: readonly string[]): void {
  for (const name of names) Object.defineProperty(target, name, { value: absent(`${prefix}.${name}()`) });
}

/** Throws where options have keys that are left out. */
export function allowKeys(options: object | undefined, allowed: readonly string[], where: string): void {
  const unknown = Object.keys(options ?? {}).find((key) => !allowed.includes(key));
  if (unknown !== undefined) throw leftOut(`${where} with ${unknown}`);
}
